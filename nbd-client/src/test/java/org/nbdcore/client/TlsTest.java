package org.nbdcore.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.client.fake.MemoryExport;
import org.nbdcore.client.fake.Peer;
import org.nbdcore.client.fake.ScriptedServer;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.protocol.OptionReply;

/** The keys are for tests alone: a certificate for localhost, one for a client, their authority. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("newest")
final class TlsTest {

  private static final ConnectOptions OPTIONS = ConnectOptions.defaults();
  private static SSLContext context;

  @TempDir static Path certificates;

  @BeforeAll
  static void loadKeys() throws Exception {
    char[] password = "nbd-test".toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = TlsTest.class.getResourceAsStream("/tls/server.p12")) {
      store.load(in, password);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    for (String name : new String[] {"ca-cert.pem", "client-cert.pem", "client-key.pem"}) {
      try (InputStream in = TlsTest.class.getResourceAsStream("/tls/" + name)) {
        Files.copy(in, certificates.resolve(name));
      }
    }
  }

  private static MemoryExport export() {
    MemoryExport export = new MemoryExport(3 << 20);
    new Random(3).nextBytes(export.disk);
    export.tls = context;
    export.tlsRequired = true;
    return export;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readsAndWritesWorkOverTls(boolean direct) throws Exception {
    MemoryExport export = export();
    byte[] expected = export.disk.clone();
    try (ScriptedServer server = new ScriptedServer(export);
        NbdClient client =
            NbdClient.connect(
                server.uri().withTls(true), OPTIONS.withTls(TlsMode.BY_URI, context))) {
      assertThat(client.tls()).isTrue();
      ByteBuffer buffer =
          direct
              ? ByteBuffer.allocateDirect(expected.length)
              : ByteBuffer.allocate(expected.length);
      client.read(buffer, 0);
      assertThat(buffer.flip()).isEqualTo(ByteBuffer.wrap(expected));
      byte[] data = new byte[1_000_001];
      new Random(4).nextBytes(data);
      client.write(buffer.clear().put(data).flip(), 12345);
      client.flush();
      System.arraycopy(data, 0, expected, 12345, data.length);
      assertThat(export.disk).isEqualTo(expected);
    }
  }

  @Test
  void certificatesAreReadFromTheFolderThatTheUriNames() throws Exception {
    try (ScriptedServer server = new ScriptedServer(export());
        NbdClient client = NbdClient.connect(withCertificates(server, ""))) {
      client.read(ByteBuffer.allocate(10), 0);
      assertThat(client.tls()).isTrue();
    }
  }

  private static NbdUri withCertificates(ScriptedServer server, String more) {
    return NbdUri.parse(server.uri().withTls(true) + "?tls-certificates=" + certificates + more);
  }

  @Test
  void serversWithAnotherNameAreNotTrusted() throws Exception {
    try (ScriptedServer server = new ScriptedServer(export())) {
      assertThatThrownBy(
              () -> NbdClient.connect(withCertificates(server, "&tls-hostname=example.com")))
          .hasMessageContaining("TLS failed")
          .hasMessageContaining("example.com");
    }
  }

  @Test
  void serversOfAnotherAuthorityAreNotTrustedUnlessVerificationIsOff() throws Exception {
    try (ScriptedServer server = new ScriptedServer(export())) {
      NbdUri uri = server.uri().withTls(true);
      assertThatThrownBy(() -> NbdClient.connect(uri)).hasMessageContaining("TLS failed");
      try (NbdClient client = NbdClient.connect(NbdUri.parse(uri + "?tls-verify-peer=0"))) {
        client.read(ByteBuffer.allocate(10), 0);
      }
    }
  }

  @Test
  void aServerWithoutTlsFailsRequiredTlsButNotPreferredTls() throws Exception {
    MemoryExport plain = new MemoryExport(10);
    try (ScriptedServer server = new ScriptedServer(plain)) {
      assertThatThrownBy(() -> NbdClient.connect(server.uri().withTls(true)))
          .hasMessage("option STARTTLS: the server does not allow it (ERR_POLICY): no TLS here");
      plain.handshakeFlags = 0;
      assertThatThrownBy(() -> NbdClient.connect(server.uri().withTls(true)))
          .hasMessageContaining("TLS is required, but the server speaks only newstyle");
      plain.handshakeFlags = 3;
      try (NbdClient client =
          NbdClient.connect(server.uri(), OPTIONS.withTls(TlsMode.PREFERRED, context))) {
        assertThat(client.tls()).isFalse();
      }
    }
  }

  @Test
  void theErrorSaysThatTheServerRequiresTls() throws Exception {
    try (ScriptedServer server = new ScriptedServer(export())) {
      assertThatThrownBy(() -> NbdClient.connect(server.uri()))
          .hasMessageContaining("the server requires TLS (use nbds://")
          .isInstanceOfSatisfying(
              NbdClientException.class,
              e -> assertThat(e.optionReply()).isEqualTo(OptionReply.ERR_TLS_REQD));
    }
  }

  @Test
  void plaintextAfterTheReplyToStartTlsEndsTheConnection() throws Exception {
    CompletableFuture<Integer> after = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.greet();
          Peer.OptionRequest request = peer.readOption();
          // Both in one packet, as an attacker on the way would send them.
          peer.out.writeLong(0x3e889045565a9L);
          peer.out.writeInt(request.option());
          peer.out.writeInt(OptionReply.ACK);
          peer.out.writeInt(0);
          peer.out.writeLong(0x3e889045565a9L);
          peer.out.flush();
          after.complete(peer.in.read());
        };
    try (ScriptedServer server = new ScriptedServer(script)) {
      assertThatThrownBy(() -> NbdClient.connect(withCertificates(server, "")))
          .hasMessageContaining("the server continued in plain text");
      assertThat(after.get()).isEqualTo(-1);
    }
  }

  @Test
  void tlsTypesThatTheJdkLacksAreRefused() throws Exception {
    try (ScriptedServer server = new ScriptedServer(export())) {
      NbdUri uri = NbdUri.parse(server.uri().withTls(true) + "?tls-type=anon");
      assertThatThrownBy(() -> NbdClient.connect(uri)).hasMessageContaining("not tls-type=anon");
    }
  }
}
