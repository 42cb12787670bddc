package org.nbdcore.plugin.synthetic;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Support;
import org.nbdcore.testkit.PluginContractTest;

final class PatternContractTest extends PluginContractTest {

  @Override
  protected PluginProvider provider() {
    return new PatternProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("size=100003", "stride=16", "upper=0x1234");
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readOnly().withCache(Support.NATIVE).withMultiConn(true);
  }

  @Override
  protected byte[] expectedContents() {
    ByteBuffer contents = ByteBuffer.allocate(100_008);
    while (contents.hasRemaining()) {
      long offset = contents.position();
      contents.putLong(offset % 16 == 0 ? 0x1234_0000_0000_0000L | offset : 0);
    }
    return Arrays.copyOf(contents.array(), 100_003);
  }

  @Override
  protected boolean opensForWriting() {
    return false;
  }
}
