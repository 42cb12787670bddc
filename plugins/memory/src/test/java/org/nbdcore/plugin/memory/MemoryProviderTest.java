package org.nbdcore.plugin.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.Configs;

final class MemoryProviderTest {

  private static final OpenRequest REQUEST = OpenRequest.detached("", false);

  private static Plugin plugin(String... arguments) throws ConfigException {
    MemoryProvider provider = new MemoryProvider();
    return provider.create(Configs.of(provider.parameters(), arguments));
  }

  @Test
  void diskOfOneExbibyteOpens() throws Exception {
    try (Plugin plugin = plugin("size=1E")) {
      plugin.start(StartContext.NONE);
      assertThat(plugin.open(REQUEST).size()).isEqualTo(1L << 60);
    }
  }

  @Test
  void connectionsShareTheDiskAndPluginsDoNot() throws Exception {
    Plugin one = plugin("size=4k");
    Plugin other = plugin("size=4k");
    one.open(REQUEST).write(ByteBuffer.wrap(new byte[] {7}), 10, Flags.NONE);
    assertThat(firstByteAt10(one.open(REQUEST))).isEqualTo((byte) 7);
    assertThat(firstByteAt10(other.open(REQUEST))).isZero();
  }

  private static byte firstByteAt10(BlockDevice device) throws Exception {
    ByteBuffer one = ByteBuffer.allocate(1);
    device.read(one, 10);
    return one.get(0);
  }

  @Test
  void unknownAllocatorIsRefused() {
    assertThatThrownBy(() -> plugin("size=1M", "allocator=heap"))
        .hasMessage("allocator must be sparse, malloc, malloc,mlock=true or zstd, not 'heap'");
  }

  @Test
  void errorNamesAnInvalidOrMissingSize() {
    assertThatThrownBy(() -> plugin("size=many")).hasMessageContaining("not 'many'");
    assertThatThrownBy(() -> plugin()).hasMessageContaining("size=SIZE");
  }
}
