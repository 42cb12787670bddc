package org.nbdcore.example.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;

/** Does not inherit the contract tests: they read a disk many times, and this one is large. */
final class Example1Test {

  private static BlockDevice open() throws Exception {
    Config nothing = Config.builder(List.of()).build();
    return new Example1Provider().create(nothing).open(OpenRequest.detached("", true));
  }

  @Test
  void theTableHasOnePartitionUpToTheEnd() throws Exception {
    try (BlockDevice device = open()) {
      assertThat(device.size()).isEqualTo(100 << 20);
      ByteBuffer table = ByteBuffer.allocate(512);
      device.read(table, 0);
      assertThat(Integer.reverseBytes(table.getInt(454))).isEqualTo(2048);
      assertThat(Integer.reverseBytes(table.getInt(458))).isEqualTo(204_800 - 2048);
      assertThat(table.getShort(510)).isEqualTo((short) 0x55aa);
      assertThat(table.getLong(462)).as("the second entry").isZero();
    }
  }

  @Test
  void readAcrossTheEndOfTheTableReturnsZeroes() throws Exception {
    try (BlockDevice device = open()) {
      ByteBuffer bytes = ByteBuffer.wrap(new byte[] {9, 9, 9, 9});
      device.read(bytes, 510);
      assertThat(bytes.array()).containsExactly(0x55, 0xaa, 0, 0);
      bytes.clear();
      device.read(bytes, device.size() - 4);
      assertThat(bytes.array()).containsOnly(0);
    }
  }

  @Test
  void allButTheFirstSectorIsAHole() throws Exception {
    try (BlockDevice device = open()) {
      Extents extents = new Extents(100, device.size() - 100, 10);
      device.extents(100, device.size() - 100, Flags.NONE, extents);
      assertThat(extents.size()).isEqualTo(2);
      assertThat(extents.length(0)).isEqualTo(412);
      assertThat(extents.type(0)).isEqualTo(ExtentSink.DATA);
      assertThat(extents.type(1)).isEqualTo(ExtentSink.HOLE | ExtentSink.ZERO);
      assertThat(extents.position()).isEqualTo(device.size());
    }
  }

  @Test
  void writesAreRefused() throws Exception {
    try (BlockDevice device = open()) {
      assertThat(device.capabilities().write()).isFalse();
      assertThatThrownBy(() -> device.write(ByteBuffer.allocate(1), 0, Flags.NONE))
          .isInstanceOf(IOException.class);
    }
  }
}
