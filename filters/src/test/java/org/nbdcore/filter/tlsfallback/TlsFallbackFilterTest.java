package org.nbdcore.filter.tlsfallback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.testkit.TestSession;

final class TlsFallbackFilterTest {

  private final ModelDisk disk = new ModelDisk(4096);

  private static OpenRequest request(boolean tls) {
    return new TestSession().request("some").withTls(tls);
  }

  private static String text(BlockDevice device) throws IOException {
    return new String(Chains.read(device, 0, (int) device.size()), StandardCharsets.UTF_8);
  }

  @Test
  void clientWithoutTlsSeesOnlyTheMessage() throws IOException {
    Backend never =
        request -> {
          throw new AssertionError("the layer below was called");
        };
    Filter filter = Chains.filter(new TlsFallbackFilterProvider());
    try (BlockDevice device = filter.open(request(false), never)) {
      assertThat(device.size()).isEqualTo(512);
      assertThat(device.capabilities().write()).isFalse();
      assertThat(text(device))
          .startsWith("This NBD server requires TLS authentication")
          .endsWith("\0");
    }
    assertThat(filter.listExports(request(false), never)).containsExactly(Export.of(""));
    assertThat(filter.defaultExport(request(false), never)).isEmpty();
  }

  @Test
  void tlsreadmeReplacesTheMessage() throws IOException {
    Filter filter = Chains.filter(new TlsFallbackFilterProvider(), "tlsreadme=Use TLS");
    try (BlockDevice device = filter.open(request(false), disk)) {
      assertThat(text(device)).isEqualTo("Use TLS" + "\0".repeat(505));
    }
  }

  @Test
  void clientWithTlsSeesTheDisk() throws IOException {
    Filter filter = Chains.filter(new TlsFallbackFilterProvider());
    try (BlockDevice device = filter.open(request(true), disk)) {
      assertThat(device.size()).isEqualTo(4096);
    }
  }

  @Test
  void detachedDeviceIsTheDisk() throws IOException {
    Filter filter = Chains.filter(new TlsFallbackFilterProvider());
    try (BlockDevice device = filter.open(OpenRequest.detached("", true), disk)) {
      assertThat(device.size()).isEqualTo(4096);
    }
  }

  @Test
  void aMessageLongerThanTheDiskIsRefused() {
    String message = "x".repeat(513);
    assertThatThrownBy(
            () -> Chains.configure(new TlsFallbackFilterProvider(), "tlsreadme=" + message))
        .isInstanceOf(ConfigException.class)
        .hasMessage("tlsreadme must be at most 512 bytes, not 513");
  }

  @Test
  void aPluginThatServesOneConnectionAtATimeIsRefused() {
    Backend serial =
        new Backend() {
          @Override
          public ThreadModel threadModel() {
            return ThreadModel.SERIALIZE_CONNECTIONS;
          }

          @Override
          public BlockDevice open(OpenRequest request) throws IOException {
            return disk.open(request);
          }

          @Override
          public List<Export> listExports(OpenRequest request) {
            return List.of();
          }
        };
    assertThatThrownBy(
            () -> Chains.filter(new TlsFallbackFilterProvider()).start(serial, StartContext.NONE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("one connection at a time");
  }
}
