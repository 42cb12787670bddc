package org.nbdcore.filter.common;

import java.io.IOException;
import org.nbdcore.spi.BlockDevice;

/** Opening devices without losing one when something fails. */
public final class Layers {

  private Layers() {}

  /** Makes a filter's device around another. */
  @FunctionalInterface
  public interface Wrapper {
    /** Wraps {@code next}, which is closed if this throws. */
    BlockDevice wrap(BlockDevice next) throws IOException;
  }

  /** The wrapped device; {@code next} is closed where it cannot be wrapped. */
  public static BlockDevice wrap(BlockDevice next, Wrapper wrapper) throws IOException {
    try {
      return wrapper.wrap(next);
    } catch (IOException | RuntimeException e) {
      closeAfter(next, e);
      throw e;
    }
  }

  /** Closes {@code device}; a failure to do so is added to the one that came before. */
  public static void closeAfter(BlockDevice device, Exception failure) {
    try {
      device.close();
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}
