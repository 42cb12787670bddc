package org.nbdcore.filter.extentlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Flags;

final class ExtentlistFilterTest {

  private static final ExtentlistFilterProvider PROVIDER = new ExtentlistFilterProvider();

  @TempDir private Path folder;

  @Test
  void unlistedRangesAreHoles() throws IOException {
    BlockDevice device = open("4K 4K\n16k 1k zero\n");
    assertThat(device.capabilities().extents()).isTrue();
    assertThat(Chains.extents(device, 0, 65536, Flags.NONE))
        .isEqualTo("0+4096=3 4096+4096=0 8192+8192=3 16384+1024=2 17408+48128=3");
    assertThat(Chains.extents(device, 5000, 100, Flags.NONE)).isEqualTo("5000+100=0");
    assertThat(Chains.extents(device, 5000, 4000, Flags.REQ_ONE)).startsWith("5000+3192=0");
  }

  @Test
  void linesMayComeInAnyOrderWithAnyType() throws IOException {
    BlockDevice device =
        open(
            "# first\n"
                + "  8192 4096 1\n\n"
                + "4096 4096\thole,zero\n"
                + " 12288 4096 hole\n"
                + "0 4096 0\n"
                + "16384 0\n");
    assertThat(Chains.extents(device, 0, 20_480, Flags.NONE))
        .isEqualTo("0+4096=0 4096+4096=3 8192+8192=1 16384+4096=3");
  }

  @Test
  void anEmptyListIsOneHole() throws IOException {
    assertThat(Chains.extents(open(""), 10, 20, Flags.NONE)).isEqualTo("10+20=3");
  }

  @Test
  void extentsOfTheLayerBelowAreNotQueried() throws IOException {
    ModelDisk disk = new ModelDisk(65536).with(Capabilities.readOnly());
    Path file = Files.writeString(folder.resolve("list"), "0 1\n");
    BlockDevice device = Chains.open(PROVIDER, disk, "extentlist=" + file);
    assertThat(Chains.extents(device, 0, 2, Flags.NONE)).isEqualTo("0+1=0 1+1=3");
    assertThat(disk.drainCalls()).isEmpty();
  }

  @Test
  void invalidListIsRefusedWithItsLineNumber() throws IOException {
    refused("list:2: the extent overlaps the one of line 1", "0 100\n99 1\n");
    refused("list:1: the extent overlaps the one of line 2", "50 1\n0 100\n");
    refused(
        "list:3: a line must hold an offset, a length and optionally a type, not 1 fields",
        "0 1\n\n7\n");
    refused(
        "list:1: the type must be hole, zero, hole,zero or a number from 0 to 3, not 'holes'",
        "0 1 holes");
    refused("list:1: the length must be a size", "0 x");
    refused("list:1: the extent must end below 8E", "7E 7E");
    assertThatThrownBy(() -> Chains.configure(PROVIDER, "extentlist=" + folder.resolve("none")))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("extentlist: cannot read " + folder.resolve("none"));
    assertThatThrownBy(() -> Chains.configure(PROVIDER)).hasMessage("missing: extentlist=PATH");
  }

  private void refused(String message, String list) throws IOException {
    Path file = Files.writeString(folder.resolve("list"), list);
    assertThatThrownBy(() -> Chains.configure(PROVIDER, "extentlist=" + file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  private BlockDevice open(String list) throws IOException {
    Path file = Files.writeString(folder.resolve("list"), list);
    return Chains.open(PROVIDER, new ModelDisk(65536), "extentlist=" + file);
  }
}
