package org.nbdcore.example.steps;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.testkit.Configs;

/** Does not inherit the contract tests: they expect written data after the disk is reopened. */
final class Example3Test {

  private static Plugin plugin(String... arguments) throws Exception {
    Example3Provider provider = new Example3Provider();
    return provider.create(Configs.of(provider.parameters(), arguments));
  }

  private static BlockDevice open(Plugin plugin) throws Exception {
    return plugin.open(OpenRequest.detached("", false));
  }

  @Test
  void writtenDataIsReadBack() throws Exception {
    long seed = 3;
    Random random = new Random(seed);
    byte[] model = new byte[100_001];
    try (Plugin plugin = plugin("size=100001");
        BlockDevice device = open(plugin)) {
      assertThat(device.size()).isEqualTo(model.length);
      for (int i = 0; i < 50; i++) {
        byte[] bytes = new byte[1 + random.nextInt(5000)];
        int offset = random.nextInt(model.length - bytes.length);
        random.nextBytes(bytes);
        device.write(ByteBuffer.wrap(bytes), offset, Flags.NONE);
        System.arraycopy(bytes, 0, model, offset, bytes.length);
      }
      device.flush();
      ByteBuffer found = ByteBuffer.allocate(model.length);
      device.read(found, 0);
      assertThat(found.array()).as("seed %d", seed).isEqualTo(model);
    }
  }

  @Test
  void eachClientHasItsOwnData() throws Exception {
    try (Plugin plugin = plugin();
        BlockDevice one = open(plugin);
        BlockDevice other = open(plugin)) {
      assertThat(one.size()).as("the default").isEqualTo(100 << 20);
      assertThat(one.capabilities().multiConn()).isFalse();
      one.write(ByteBuffer.wrap(new byte[] {5}), one.size() - 1, Flags.NONE);
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
