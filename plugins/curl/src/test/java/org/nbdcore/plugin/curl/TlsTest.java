package org.nbdcore.plugin.curl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsExchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Web servers with TLS. */
@Timeout(60)
@Tag("newest")
final class TlsTest {

  @TempDir private static Path certificates;
  private static TlsIdentity identity;
  private static WebServer server;

  @TempDir private Path folder;

  @BeforeAll
  static void serve() throws Exception {
    identity = TlsIdentity.make();
    identity.writeCertificate(certificates.resolve("ca.pem"));
    server = new WebServer(identity.context());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void read(String... parameters) throws Exception {
    String[] all = Arrays.copyOf(parameters, parameters.length + 1);
    all[parameters.length] = "url=" + server.url();
    try (StartedDisk disk = new StartedDisk(all)) {
      assertThat(disk.read(7, 1)).containsExactly(server.disk[7]);
    }
  }

  @Test
  void serverWithAnUntrustedCertificateIsRefused() {
    assertThatThrownBy(() -> read()).hasMessageContaining("certification path");
    assertThatThrownBy(() -> read("cainfo=")).hasMessageContaining("name no authority");
  }

  @Test
  void certificateIsTrustedThroughCainfoOrCapath() throws Exception {
    read("cainfo=" + certificates.resolve("ca.pem"));
    Files.copy(certificates.resolve("ca.pem"), folder.resolve("0123abcd.0"));
    Files.writeString(folder.resolve("README"), "no certificate");
    Files.createDirectory(folder.resolve("folder"));
    read("capath=" + folder);
    read("cainfo=", "capath=" + folder);
  }

  @Test
  void otherContentsOfACainfoFileAreIgnored() throws Exception {
    String key = "-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n";
    Path file = folder.resolve("both.pem");
    Files.writeString(file, key + Files.readString(certificates.resolve("ca.pem")) + "behind it\n");
    read("cainfo=" + file);
  }

  @Test
  void aFileWithoutCertificatesIsRefused() throws Exception {
    Path file = Files.createFile(folder.resolve("empty.pem"));
    assertThatThrownBy(() -> read("cainfo=" + file)).hasMessage(file + " holds no certificate");
    assertThatThrownBy(() -> read("cainfo=" + folder.resolve("none")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void hostNameOfTheCertificateIsChecked() throws Exception {
    String url = server.url().replace("localhost", "127.0.0.1");
    try (StartedDisk disk =
        new StartedDisk("url=" + url, "cainfo=" + certificates.resolve("ca.pem"))) {
      assertThatThrownBy(disk::device).hasMessageContaining("127.0.0.1");
    }
    try (StartedDisk disk = new StartedDisk("url=" + url, "sslverify=false")) {
      disk.read(0, 1);
    }
  }

  @Test
  void sslverifyOffAcceptsAnyCertificate() throws Exception {
    read("sslverify=false");
  }

  @ParameterizedTest
  @CsvSource({
    "ssl-version=default, TLSv1.3, ",
    "ssl-version=tlsv1, TLSv1.3, ",
    "ssl-version=max-tlsv1.2, TLSv1.2, ",
    "ssl-version=tlsv1.3, TLSv1.3, ",
    "tls13-ciphers=TLS_AES_128_GCM_SHA256, TLSv1.3, TLS_AES_128_GCM_SHA256",
    "ssl-cipher-list=ECDHE-ECDSA-AES256-GCM-SHA384, TLSv1.2,"
        + " TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "ssl-cipher-list=ECDHE-ECDSA-CHACHA20-POLY1305, TLSv1.2,"
        + " TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
  })
  void tlsVersionAndCipherParametersApply(String parameter, String version, String cipher)
      throws Exception {
    StringBuilder seen = new StringBuilder();
    server.answer =
        exchange -> {
          SSLSession session = ((HttpsExchange) exchange).getSSLSession();
          seen.append(session.getProtocol()).append(' ').append(session.getCipherSuite());
          return false;
        };
    read("sslverify=false", parameter);
    assertThat(seen.toString()).startsWith(version + " ").contains(cipher == null ? "" : cipher);
  }
}
