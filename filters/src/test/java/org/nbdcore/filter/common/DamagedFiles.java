package org.nbdcore.filter.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;

import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** Checks that filters refuse damaged files. */
public final class DamagedFiles {

  /** Opens a file through a filter. */
  public interface Opener {
    BlockDevice open(byte[] file) throws IOException;
  }

  private DamagedFiles() {}

  /** Requires that opening or reading a file fails with one of these errors. */
  public static void assertRefused(byte[] file, Opener opener, NbdError... errors) {
    assertThatThrownBy(() -> readAll(opener.open(file)))
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isIn((Object[]) errors));
  }

  /**
   * Changes each byte of a file in turn. Requires that the file is refused, or that the damage
   * makes no difference.
   *
   * @param contents what the undamaged file contains
   * @param changes the bits to change in a byte; each is a change of its own
   * @return how many changes were refused
   */
  public static int countRefused(byte[] file, byte[] contents, Opener opener, int... changes)
      throws IOException {
    int refused = 0;
    for (int at = 0; at < file.length; at++) {
      for (int change : changes) {
        byte[] damaged = file.clone();
        damaged[at] ^= (byte) change;
        try {
          assertThat(readAll(opener.open(damaged)))
              .as("byte %d changed by %d", at, change)
              .isEqualTo(contents);
        } catch (NbdException e) {
          refused++;
        }
      }
    }
    return refused;
  }

  private static byte[] readAll(BlockDevice device) throws IOException {
    return read(device, 0, (int) device.size());
  }
}
