package org.nbdcore.server.tls.psk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.bouncycastle.tls.TlsFatalAlert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.server.tls.TlsCodec;
import org.nbdcore.server.tls.TlsPriority;
import org.nbdcore.spi.ConfigException;

final class PreSharedKeysTest {

  @TempDir private Path folder;

  private Path file(String text) throws Exception {
    return Files.writeString(folder.resolve("keys.psk"), text);
  }

  @Test
  void aFileOfKeysIsLoaded() throws Exception {
    Path file = file("alice:0011aaff\n# a remark\n\nbob:22\n");
    assertThat(PreSharedKeys.load(file, TlsPriority.NORMAL).create()).isNotNull();
  }

  /** The client prefers the shorter key and would take it. */
  @ParameterizedTest
  @CsvSource({
    "NORMAL, TLS 1.3, 0x1301",
    "NORMAL:-VERS-TLS1.3, TLS 1.2, 0xd001",
    "SECURE128, TLS 1.3, 0x1301",
    "SECURE192, TLS 1.3, 0x1303",
    "SECURE256, TLS 1.3, 0x1303",
    "SECURE192:-VERS-TLS1.3, TLS 1.2, 0xd002",
    "SECURE256:-VERS-TLS1.3, TLS 1.2, 0xd002",
  })
  void thePriorityDeterminesVersionAndCipherSuite(String priority, String version, String suite)
      throws Exception {
    TlsCodec server =
        PreSharedKeys.load(file("alice:0011aaff\n"), TlsPriority.parse(priority)).create();
    PskPeer.join(server, PskPeer.ALL);
    assertThat(server.describe())
        .isEqualTo("pre-shared key, " + version + ", cipher suite " + suite);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x1301, 0xd001, 0xaa, 0xa8})
  void aClientWithShortCipherKeysOnlyIsRefusedAtSecure256(int suite) throws Exception {
    Path file = file("alice:0011aaff\n");
    TlsCodec any = PreSharedKeys.load(file, TlsPriority.NORMAL).create();
    PskPeer.join(any, suite);
    assertThat(any.describe()).endsWith(String.format("0x%04x", suite));
    TlsCodec strict = PreSharedKeys.load(file, TlsPriority.parse("SECURE256")).create();
    assertThatThrownBy(() -> PskPeer.join(strict, suite)).isInstanceOf(TlsFatalAlert.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"alice", "alice:", ":0011", "alice:xyz", "alice:012"})
  void aMalformedLineIsNamedByItsNumberAndNotShown(String line) throws Exception {
    Path file = file("bob:22\n" + line + "\n");
    assertThatThrownBy(() -> PreSharedKeys.load(file, TlsPriority.NORMAL))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("line 2")
        .hasMessageNotContaining(line);
  }

  @Test
  void anEmptyOrMissingFileIsNamed() throws Exception {
    Path empty = file("\n");
    assertThatThrownBy(() -> PreSharedKeys.load(empty, TlsPriority.NORMAL))
        .hasMessageContaining("no key");
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> PreSharedKeys.load(missing, TlsPriority.NORMAL))
        .hasMessageContaining(missing.toString());
  }
}
