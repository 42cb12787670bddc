package org.nbdcore.plugin.memory;

import java.util.List;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.PluginContractTest;

class MemoryContractTest extends PluginContractTest {

  private static final int SIZE = 10 * 65536 + 777;

  @Override
  protected PluginProvider provider() {
    return new MemoryProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("size=" + SIZE, "allocator=" + allocator());
  }

  String allocator() {
    return "sparse";
  }

  int preferredSize() {
    return 32 << 10;
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.all().withBlockSizes(BlockSizes.of(1, preferredSize(), 64 << 20));
  }

  @Override
  protected byte[] expectedContents() {
    return new byte[SIZE];
  }
}
