package org.nbdcore.plugin.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.PluginContractTest;

final class DataContractTest extends PluginContractTest {

  private static final int SIZE = 300_007;

  @Override
  protected PluginProvider provider() {
    return new DataProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("data=(\"Hello\" @100000)*2 @150000 1*70000", "size=" + SIZE);
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.all().withBlockSizes(BlockSizes.of(1, 32 << 10, 64 << 20));
  }

  @Override
  protected byte[] expectedContents() {
    byte[] contents = new byte[SIZE];
    byte[] hello = "Hello".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(hello, 0, contents, 0, 5);
    System.arraycopy(hello, 0, contents, 100_000, 5);
    Arrays.fill(contents, 150_000, 220_000, (byte) 1);
    return contents;
  }
}
