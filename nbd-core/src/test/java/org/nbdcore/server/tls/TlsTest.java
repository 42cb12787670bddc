package org.nbdcore.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.tls.PemFile;

/** TLS with an SSLContext or a KeyStore of the program. */
final class TlsTest {

  private static final char[] PASSWORD = "secret".toCharArray();

  @TempDir private Path folder;
  private KeyStore keys;

  @BeforeEach
  void keys() throws Exception {
    SelfSigned.write(folder);
    keys = empty();
    keys.setKeyEntry(
        "server",
        PemFile.privateKey(folder.resolve("server-key.pem")),
        PASSWORD,
        PemFile.certificates(folder.resolve("server-cert.pem")).toArray(X509Certificate[]::new));
  }

  private static KeyStore empty() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private TlsPeer peer(Tls tls) throws Exception {
    return new TlsPeer(tls.codecs().create(), folder.resolve("ca-cert.pem"));
  }

  @Test
  void aKeyStoreOfTheProgramCanBeUsed() throws Exception {
    Tls tls = Tls.of(keys, PASSWORD);
    assertThat(tls.required()).isTrue();
    assertThat(tls.withRequired(false).required()).isFalse();
    peer(tls).join();
  }

  @Test
  void anSslContextOfTheProgramCanBeUsed() throws Exception {
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    peer(Tls.of(context)).join();
  }

  @Test
  void aClientWithoutACertificateIsRefusedWhereClientsAreVerified() throws Exception {
    KeyStore authorities = empty();
    authorities.setCertificateEntry(
        "authority", PemFile.certificates(folder.resolve("ca-cert.pem")).get(0));
    TlsPeer peer = peer(Tls.verifyingClients(keys, PASSWORD, authorities));
    assertThatThrownBy(peer::join).isInstanceOf(SSLException.class);
  }

  @Test
  void aKeyStoreWithoutAKeyIsRefused() throws Exception {
    KeyStore none = empty();
    assertThatThrownBy(() -> Tls.of(none, PASSWORD))
        .isInstanceOf(KeyStoreException.class)
        .hasMessage("the key store has no private key");
  }
}
