package org.nbdcore.example.steps;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.PluginContractTest;

final class Example1Test extends PluginContractTest {

  @Override
  protected PluginProvider provider() {
    return new Example1Provider();
  }

  @Override
  protected List<String> parameters() {
    return List.of();
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readOnly().withExtents(true).withMultiConn(true);
  }

  @Override
  protected byte[] expectedContents() {
    byte[] disk = new byte[100 << 20];
    ByteBuffer table = ByteBuffer.wrap(disk).order(ByteOrder.LITTLE_ENDIAN);
    table.putInt(446, 0xffff_fe00).putInt(450, 0xffff_fe83);
    table.putInt(454, 2048).putInt(458, 204800 - 2048).putShort(510, (short) 0xaa55);
    return disk;
  }

  @Test
  void aReadAcrossTheTablesEndGoesOnWithZeroes() throws Exception {
    BlockDevice device = open(startPlugin());
    ByteBuffer bytes = ByteBuffer.allocate(4);
    device.read(bytes, 510);
    assertThat(bytes.array()).containsExactly(0x55, 0xaa, 0, 0);
  }
}
