package org.nbdcore.plugin.info;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.Configs;
import org.nbdcore.testkit.TestSession;

final class InfoModesTest {

  private static Plugin plugin(String mode) throws Exception {
    InfoProvider provider = new InfoProvider();
    return provider.create(Configs.of(provider.parameters(), "mode=" + mode));
  }

  private static ByteBuffer contents(String mode, String name, SocketAddress peer)
      throws Exception {
    try (Plugin plugin = plugin(mode)) {
      plugin.start(StartContext.NONE);
      TestSession unknown = new TestSession();
      TestSession session = peer == null ? unknown : unknown.withPeer(peer);
      OpenRequest request = session.request(name).withReadOnly(true);
      try (BlockDevice device = plugin.open(request)) {
        ByteBuffer bytes = ByteBuffer.allocate((int) device.size());
        device.read(bytes, 0);
        return bytes.flip();
      }
    }
  }

  private static String text(String mode, String name, SocketAddress peer) throws Exception {
    return StandardCharsets.UTF_8.decode(contents(mode, name, peer)).toString();
  }

  @ParameterizedTest
  @CsvSource({
    "exportname, hello, hello",
    "base64exportname, aGVsbG8=, hello",
    "base64exportname, 'aGVs\n bG8=\n', hello",
  })
  void diskContainsTheExportName(String mode, String name, String expected) throws Exception {
    assertThat(text(mode, name, null)).isEqualTo(expected);
  }

  @Test
  void emptyExportNameGivesAnEmptyDisk() throws Exception {
    assertThat(contents("exportname", "", null).remaining()).isZero();
  }

  @Test
  void exportNameThatIsNotBase64IsRefused() {
    assertThatThrownBy(() -> text("base64exportname", "a*", null))
        .hasMessageContaining("the export name must be base64")
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EINVAL));
  }

  @Test
  void addressModeReturnsTheClientsAddress() throws Exception {
    assertThat(text("address", "", new InetSocketAddress("127.0.0.1", 1234)))
        .isEqualTo("127.0.0.1:1234");
    assertThat(text("address", "", new InetSocketAddress("::1", 1234))).matches("\\[[0:]*:1]:1234");
    assertThat(text("address", "", UnixDomainSocketAddress.of("/secret"))).isEqualTo("unix");
    assertThat(text("address", "", null)).isEqualTo("unix");
  }

  @Test
  void versionModeReturnsThePluginsVersion() throws Exception {
    assertThat(text("version", "", null)).isEqualTo(new InfoProvider().version());
  }

  @Test
  void timeModeReturnsTheServersClock() throws Exception {
    long before = Instant.now().getEpochSecond();
    ByteBuffer time = contents("time", "", null);
    assertThat(time.remaining()).isEqualTo(12);
    assertThat(time.getLong(0)).isBetween(before, Instant.now().getEpochSecond());
    assertThat(time.getInt(8)).isBetween(0, 999_999);
  }

  @Test
  void uptimeCountsFromTheStartAndConntimeFromTheConnection() throws Exception {
    for (String mode : new String[] {"uptime", "conntime"}) {
      ByteBuffer time = contents(mode, "", null);
      assertThat(time.getLong(0)).as("seconds of %s", mode).isBetween(0L, 5L);
      assertThat(time.getInt(8)).isBetween(0, 999_999);
    }
    try (Plugin uptime = plugin("uptime");
        Plugin conntime = plugin("conntime")) {
      uptime.start(StartContext.NONE);
      conntime.start(StartContext.NONE);
      while (micros(open(uptime)) < 10_000) {
        Thread.onSpinWait();
      }
      long sinceTheConnection = micros(open(conntime));
      assertThat(micros(open(uptime)) - sinceTheConnection).isGreaterThanOrEqualTo(10_000);
    }
  }

  private static BlockDevice open(Plugin plugin) throws IOException {
    return plugin.open(OpenRequest.detached("", true));
  }

  private static long micros(BlockDevice device) throws IOException {
    ByteBuffer time = ByteBuffer.allocate(12);
    device.read(time, 0);
    return time.getLong(0) * 1_000_000 + time.getInt(8);
  }

  @Test
  void conntimeAdvancesWhileTheDiskIsOpen() throws Exception {
    try (Plugin plugin = plugin("conntime");
        BlockDevice device = open(plugin)) {
      long last = -1;
      for (int i = 0; i < 3; i++) {
        long now = last;
        while (now == last) {
          now = micros(device);
        }
        assertThat(now).isGreaterThan(last);
        last = now;
      }
      assertThat(device.capabilities().multiConn()).isFalse();
    }
  }

  @Test
  void unknownModeIsRefused() {
    assertThatThrownBy(() -> plugin("date")).hasMessageContaining("mode must be one of");
  }
}
