package org.nbdcore.example.scratch;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.Configs;
import org.nbdcore.testkit.PluginContractTest;

final class ScratchTest extends PluginContractTest {

  @Override
  protected PluginProvider provider() {
    return new ScratchProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("size=100001", "fill=0x55");
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readWrite().withFlush(true).withMultiConn(true);
  }

  @Override
  protected byte[] expectedContents() {
    byte[] contents = new byte[100_001];
    Arrays.fill(contents, (byte) 0x55);
    return contents;
  }

  @Test
  void sizesThatAreTooLargeAreRefused() {
    ScratchProvider provider = new ScratchProvider();
    assertThatThrownBy(() -> Configs.of(provider.parameters(), "size=1G"))
        .hasMessage("size must be at most 64M, not 1G");
  }
}
