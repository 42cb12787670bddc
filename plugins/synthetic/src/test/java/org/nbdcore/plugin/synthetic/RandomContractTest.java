package org.nbdcore.plugin.synthetic;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Support;
import org.nbdcore.testkit.PluginContractTest;

final class RandomContractTest extends PluginContractTest {

  @Override
  protected PluginProvider provider() {
    return new RandomProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("size=100003", "seed=42");
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readOnly().withCache(Support.NATIVE).withMultiConn(true);
  }

  @Override
  protected byte[] expectedContents() {
    // SplitMix64 as its authors write it. Its initial state is the scattered seed.
    long seed = scatter(42 * GOLDEN);
    ByteBuffer contents = ByteBuffer.allocate(100_008);
    for (long word = 0; contents.hasRemaining(); word++) {
      contents.putLong(scatter((seed + word) * GOLDEN));
    }
    return Arrays.copyOf(contents.array(), 100_003);
  }

  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private static long scatter(long state) {
    long z = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  @Override
  protected boolean opensForWriting() {
    return false;
  }
}
