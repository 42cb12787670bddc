package org.nbdcore.example.steps;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.Configs;
import org.nbdcore.testkit.PluginContractTest;

/** Each connection has a disk of its own, so that what is written is not there later. */
final class Example3Test extends PluginContractTest {

  @Override
  protected PluginProvider provider() {
    return new Example3Provider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("size=100001");
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readWrite().withFlush(true);
  }

  @Override
  protected byte[] expectedContents() {
    return new byte[100_001];
  }

  @Override
  protected boolean remembersWrites() {
    return false;
  }

  @Test
  void oneClientDoesNotSeeWhatAnotherOneWrites() throws Exception {
    try (Plugin plugin = provider().create(Configs.of(provider().parameters()));
        BlockDevice one = plugin.open(OpenRequest.detached("", false));
        BlockDevice other = plugin.open(OpenRequest.detached("", false))) {
      assertThat(one.size()).isEqualTo(100 << 20);
      one.write(ByteBuffer.wrap(new byte[] {5}), one.size() - 1, 0);
      assertThat(last(one)).isEqualTo((byte) 5);
      assertThat(last(other)).isZero();
    }
  }

  private static byte last(BlockDevice device) throws Exception {
    ByteBuffer one = ByteBuffer.allocate(1);
    device.read(one, device.size() - 1);
    return one.get(0);
  }
}
