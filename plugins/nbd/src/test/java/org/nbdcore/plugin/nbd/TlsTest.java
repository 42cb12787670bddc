package org.nbdcore.plugin.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.server.tls.Certificates;
import org.nbdcore.server.tls.Tls;
import org.nbdcore.server.tls.TlsPriority;
import org.nbdcore.spi.BlockDevice;

/** Uses the keys of nbd-client's tests: a certificate for localhost and its authority. */
@Timeout(60)
@Tag("newest")
final class TlsTest {

  private static final Path KEYS = Path.of("../../nbd-client/src/test/resources/tls");

  @TempDir private Path folder;

  @BeforeEach
  void writeKeys() throws Exception {
    for (String name : new String[] {"ca-cert.pem", "client-cert.pem", "client-key.pem"}) {
      Files.copy(KEYS.resolve(name), folder.resolve(name));
    }
    char[] password = "nbd-test".toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(KEYS.resolve("server.p12"))) {
      store.load(in, password);
    }
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)) {
        pem("server-key.pem", "PRIVATE KEY", store.getKey(alias, password).getEncoded());
        pem("server-cert.pem", "CERTIFICATE", store.getCertificate(alias).getEncoded());
      }
    }
  }

  private void pem(String name, String type, byte[] der) throws Exception {
    String text = Base64.getMimeEncoder().encodeToString(der);
    Files.writeString(
        folder.resolve(name),
        "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
  }

  private RemoteServer remote(boolean required, boolean verifyPeer) throws Exception {
    Tls tls =
        Tls.of(Certificates.load(folder, verifyPeer, TlsPriority.NORMAL)).withRequired(required);
    return RemoteServer.start(
        new KeptDisks().with("", 4096), folder.resolve("remote"), Optional.of(tls));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hostname=localhost port=PORT tls=require tls-certificates=KEYS",
        "hostname=localhost port=PORT tls=on tls-certificates=KEYS",
        "hostname=localhost port=PORT tls-certificates=KEYS",
        "hostname=127.0.0.1 port=PORT tls=require tls-verify=false tls-certificates=KEYS",
        "uri=nbds://localhost:PORT/ tls-certificates=KEYS",
        "uri=nbds://localhost:PORT/?tls-certificates=KEYS",
        "socket=SOCKET tls=require tls-certificates=KEYS",
        "socket=SOCKET tls=require tls-certificates=KEYS shared=true",
      })
  void serverThatRequiresTlsIsReached(String words) throws Exception {
    try (RemoteServer remote = remote(true, true);
        StartedPlugin nbd = new StartedPlugin(arguments(words, remote));
        BlockDevice device = nbd.device()) {
      StartedPlugin.write(device, 3, 3);
      assertThat(StartedPlugin.read(device, 3)).isEqualTo((byte) 3);
    }
  }

  private String[] arguments(String words, RemoteServer remote) {
    return words
        .replace("PORT", Integer.toString(remote.port()))
        .replace("KEYS", folder.toString())
        .replace("SOCKET", folder.resolve("remote").toString())
        .split(" ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tls=require tls-certificates=KEYS",
        "tls=on tls-certificates=KEYS",
        "tls-certificates=KEYS",
        "tls-certificates=KEYS tls-verify=false",
      })
  @EnabledOnOs(OS.LINUX)
  void anInheritedSocketIsEncrypted(String words) throws Exception {
    try (RemoteServer remote = remote(true, true);
        StartedPlugin nbd = new StartedPlugin(arguments(inherited() + words, remote));
        BlockDevice device = nbd.device()) {
      StartedPlugin.write(device, 3, 3);
      assertThat(StartedPlugin.read(device, 3)).isEqualTo((byte) 3);
    }
  }

  private String inherited() {
    return "socket-fd=" + InheritedSocketTest.Connecting.to(folder.resolve("remote")) + " ";
  }

  @ParameterizedTest
  @CsvSource({"tls=off, requires TLS", "tls=require, PKIX"})
  @EnabledOnOs(OS.LINUX)
  void inheritedSocketFailsWithoutTheRightCertificates(String words, String reason)
      throws Exception {
    try (RemoteServer remote = remote(true, false)) {
      String all = inherited() + words;
      assertThatThrownBy(
              () -> {
                try (StartedPlugin nbd = new StartedPlugin(arguments(all, remote))) {
                  nbd.device().close();
                }
              })
          .hasMessageContaining(reason);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "hostname=localhost port=PORT, requires TLS",
    "hostname=localhost port=PORT tls=require, PKIX",
    "uri=nbds://localhost:PORT/?tls-hostname=example.com tls-certificates=KEYS, example.com",
  })
  void connectionFailsWithoutTheRightCertificates(String words, String reason) throws Exception {
    try (RemoteServer remote = remote(true, false);
        StartedPlugin nbd = new StartedPlugin(arguments(words, remote))) {
      assertThatThrownBy(nbd::device).hasMessageContaining(reason);
    }
  }

  @Test
  void requireRefusesAServerWithoutTls() throws Exception {
    try (RemoteServer remote =
            RemoteServer.start(new KeptDisks().with("", 4096), folder.resolve("remote"));
        StartedPlugin nbd = new StartedPlugin("uri=" + remote.uri(), "tls=require")) {
      assertThatThrownBy(nbd::device).hasMessageContaining("STARTTLS");
    }
  }
}
