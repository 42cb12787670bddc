package org.nbdcore.plugin.synthetic;

import java.util.List;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Support;
import org.nbdcore.testkit.PluginContractTest;

final class SparseRandomContractTest extends PluginContractTest {

  @Override
  protected PluginProvider provider() {
    return new SparseRandomProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("size=1000001", "seed=7", "percent=40", "runlength=20k", "blocksize=2k");
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readOnly()
        .withExtents(true)
        .withFlush(true)
        .withCache(Support.NATIVE)
        .withMultiConn(true);
  }

  @Override
  protected byte[] expectedContents() {
    DataRuns runs = new DataRuns(1_000_001, 7, 2048, 40, 20 << 10);
    BlockContent content = new BlockContent(7, 2048, false);
    byte[] contents = new byte[1_000_001];
    for (int i = 0; i < contents.length; i++) {
      contents[i] = runs.data(i / 2048) ? (byte) content.applyAsLong(i / 8) : 0;
    }
    return contents;
  }

  @Override
  protected boolean opensForWriting() {
    return false;
  }
}
