package org.nbdcore.filter.ddrescue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.BlockDevices;

final class DdrescueFilterTest {

  private static final DdrescueFilterProvider PROVIDER = new DdrescueFilterProvider();

  private static final String MAP =
      """
      # Mapfile. Created by GNU ddrescue version 1.27
      # Command line: ddrescue /dev/sdb disk.img disk.map
      # current_pos  current_status  current_pass
      0x00003000     ?               1
      #      pos        size  status
      0x00000000  0x00001000  +
      0x00001000  0x00000200  -
      0x00001200  0x00000E00  +
      0x00002000  0x00001000  +
      0x00003000  0x00000200  *
      0x00003200  0x00000200  /
      0x00003400  0x00000200  ?
      0x00003600  0x00000200  +
      """;

  @TempDir private Path folder;
  private final ModelDisk disk = new ModelDisk(65536).fill(1);

  @Test
  void rescuedBlocksAreReadable() throws IOException {
    BlockDevice device = open(MAP);
    assertThat(read(device, 0, 4096)[77]).isEqualTo(ModelDisk.at(1, 77));
    read(device, 0x1200, 0x1e00); // two blocks
    read(device, 0x3600, 0x200);
    device.cache(0, 4096);
  }

  @Test
  void readsOfOtherBlocksFail() throws IOException {
    BlockDevice device = open(MAP);
    assertNotRescued(() -> read(device, 0, 4097), 4096);
    assertNotRescued(() -> read(device, 0x11ff, 1), 0x11ff);
    assertNotRescued(() -> read(device, 0x2fff, 2), 0x3000);
    assertNotRescued(() -> read(device, 0x3200, 1), 0x3200);
    assertNotRescued(() -> read(device, 0x3500, 0x200), 0x3500);
    assertNotRescued(() -> read(device, 0x3700, 0x200), 0x3800); // behind the map
    assertNotRescued(() -> device.cache(0, 8192), 4096);
    assertNotRescued(() -> BlockDevices.readZeroCopy(device, 0, 8192, null), 4096);
    assertThat(disk.drainCalls()).isEmpty();
  }

  @Test
  void theDiskIsReadOnly() throws IOException {
    assertThat(open(MAP).capabilities().write()).isFalse();
    assertThat(disk.opened.get(0).readOnly()).isTrue();
  }

  @Test
  void invalidMapFileIsRefused() {
    refused("map:2: a line must hold a position, a size and one of ?*/-+, not '0 1'", "0 ?\n0 1\n");
    refused("map:2: a line must hold", "0 ?\n0 1 x\n");
    refused(
        "map:2: a position or size must be a number such as 0x1000, not '0xz'", "0 ?\n0xz 1 +\n");
    refused("map:2: the block must end below 8E", "0 ?\n0x7fffffffffffffff 1 +\n");
    refused("map is empty; it must be a map file of GNU ddrescue", "# nothing\n");
    assertThatThrownBy(() -> Chains.configure(PROVIDER, "ddrescue-mapfile=" + folder))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("ddrescue-mapfile: cannot read " + folder);
    assertThatThrownBy(() -> Chains.configure(PROVIDER))
        .hasMessage("missing: ddrescue-mapfile=PATH");
  }

  private void refused(String message, String map) {
    assertThatThrownBy(() -> Chains.configure(PROVIDER, "ddrescue-mapfile=" + write(map)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  private static void assertNotRescued(ThrowingCallable call, long offset) {
    assertThatThrownBy(call)
        .hasMessage("byte %d was not rescued, according to ddrescue's map", offset)
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EIO));
  }

  private Path write(String map) throws IOException {
    return Files.writeString(folder.resolve("map"), map);
  }

  private BlockDevice open(String map) throws IOException {
    return Chains.open(PROVIDER, disk, "ddrescue-mapfile=" + write(map));
  }
}
