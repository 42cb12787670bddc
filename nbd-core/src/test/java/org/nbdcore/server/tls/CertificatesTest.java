package org.nbdcore.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.Random;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.ConfigException;

/** Sessions with certificates, against the JDK as client. */
final class CertificatesTest {

  private static final String TLS12 = "NORMAL:-VERS-TLS1.3";
  private static final String TLS13 = "NORMAL:-VERS-TLS1.2";
  private static final long SEED = 8446;

  @TempDir private static Path certificates;
  @TempDir private Path folder;

  @BeforeAll
  static void makeCertificate() throws Exception {
    SelfSigned.write(certificates, newKey("EC", 256));
  }

  private static KeyPair newKey(String algorithm, int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private static TlsPeer handshake(Path directory, String priority) throws Exception {
    Tls.CodecFactory codecs = Certificates.load(directory, false, TlsPriority.parse(priority));
    return new TlsPeer(codecs.create(), directory.resolve("ca-cert.pem")).join();
  }

  @ParameterizedTest
  @CsvSource({
    "NORMAL, TLSv1.3, TLS_AES_128_GCM_SHA256",
    "SECURE192, TLSv1.3, TLS_AES_256_GCM_SHA384",
    "SECURE256, TLSv1.3, TLS_AES_256_GCM_SHA384",
    "NORMAL:-VERS-TLS1.3, TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "SECURE256:-VERS-TLS1.3, TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  })
  void thePriorityDeterminesVersionAndCipherSuite(String priority, String version, String suite)
      throws Exception {
    TlsPeer peer = handshake(certificates, priority);
    assertThat(peer.server.describe()).isEqualTo("certificates, " + version + ", " + suite);
    assertThat(peer.client.getSession().getCipherSuite()).isEqualTo(suite);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"})
  void theServerAcceptsTheOnlySuiteOfAClient(String suite) throws Exception {
    Tls.CodecFactory codecs = Certificates.load(certificates, false, TlsPriority.NORMAL);
    TlsPeer peer = new TlsPeer(codecs.create(), certificates.resolve("ca-cert.pem"));
    peer.client.setEnabledCipherSuites(new String[] {suite});
    assertThat(peer.join().server.describe()).endsWith(suite);
  }

  @ParameterizedTest
  @CsvSource({
    "RSA, 1024, PKCS#8",
    "RSA, 1024, older",
    "EC, 256, PKCS#8",
    "EC, 256, older",
    "Ed25519, 255, PKCS#8",
  })
  void keysOfEveryAlgorithmAndFormatAreAccepted(String algorithm, int bits, String form)
      throws Exception {
    KeyPair keys = newKey(algorithm, bits);
    SelfSigned.write(folder, keys);
    Object key =
        form.equals("older")
            ? older(keys.getPrivate())
            : new JcaPKCS8Generator(keys.getPrivate(), null).generate();
    Files.writeString(folder.resolve("server-key.pem"), "a note before it\n" + pem(key));
    TlsPeer peer = handshake(folder, "NORMAL");
    assertThat(peer.toClient(new byte[] {7})).containsExactly(7);
  }

  @Test
  void otherContentInCertificateFilesIsIgnored() throws Exception {
    SelfSigned.write(folder, newKey("RSA", 1024));
    Path trusted = Files.copy(folder.resolve("ca-cert.pem"), folder.resolve("trusted.pem"));
    String key = pem(newKey("RSA", 1024).getPrivate());
    for (String name : new String[] {"ca-cert.pem", "server-cert.pem"}) {
      Path file = folder.resolve(name);
      String certificate = Files.readString(file);
      Files.writeString(file, "0 keys before it\n" + key + certificate + "and behind it\n" + key);
    }
    Certificates.load(folder, true, TlsPriority.NORMAL); // needs the authority
    Tls.CodecFactory codecs = Certificates.load(folder, false, TlsPriority.NORMAL);
    TlsPeer peer = new TlsPeer(codecs.create(), trusted).join();
    assertThat(peer.toClient(new byte[] {7})).containsExactly(7);
  }

  @Test
  void anAuthorityIsOnlyNeededToVerifyClients() throws Exception {
    SelfSigned.write(folder, newKey("RSA", 1024));
    Path authorities = folder.resolve("ca-cert.pem");
    Files.writeString(authorities, pem(newKey("RSA", 1024).getPrivate()));
    Tls.CodecFactory codecs = Certificates.load(folder, false, TlsPriority.NORMAL);
    TlsPeer peer = new TlsPeer(codecs.create(), folder.resolve("server-cert.pem")).join();
    assertThat(peer.toClient(new byte[] {7})).containsExactly(7);
    assertThatThrownBy(() -> Certificates.load(folder, true, TlsPriority.NORMAL))
        .isInstanceOf(ConfigException.class)
        .hasMessage(authorities + " cannot be used for TLS: there is no certificate in it");
  }

  /** PKCS#1 for RSA, SEC 1 with its curve for EC. */
  private static Object older(PrivateKey key) throws Exception {
    if (!(key instanceof ECPrivateKey curved)) {
      return key;
    }
    PrivateKeyInfo info = PrivateKeyInfo.getInstance(key.getEncoded());
    return new PemObject(
        "EC PRIVATE KEY",
        new org.bouncycastle.asn1.sec.ECPrivateKey(
                curved.getParams().getOrder().bitLength(),
                curved.getS(),
                info.getPrivateKeyAlgorithm().getParameters())
            .getEncoded());
  }

  private static String pem(Object object) throws Exception {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
      pem.writeObject(object);
    }
    return text.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "'', no unencrypted private key",
    "'-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n', for none of RSA",
    "'-----BEGIN PRIVATE KEY-----\nM\n-----END PRIVATE KEY-----\n', base 64",
  })
  void aFileWithoutAUsableKeyIsRefusedWithItsPath(String text, String reason) throws Exception {
    for (String name : new String[] {"ca-cert.pem", "server-cert.pem"}) {
      Files.copy(certificates.resolve(name), folder.resolve(name));
    }
    Path key = Files.writeString(folder.resolve("server-key.pem"), text);
    assertThatThrownBy(() -> Certificates.load(folder, false, TlsPriority.NORMAL))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(key.toString())
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "RSA, 1024, RSA, 1024",
    "EC, 256, EC, 256",
    "EC, 256, EC, 384",
    "Ed25519, 255, Ed25519, 255",
    "EC, 256, RSA, 1024",
    "RSA, 1024, EC, 256",
    "Ed25519, 255, EC, 256",
  })
  void aKeyThatDoesNotMatchTheCertificateIsRefused(
      String certified, int certifiedBits, String kept, int keptBits) throws Exception {
    SelfSigned.write(folder, newKey(certified, certifiedBits));
    Files.writeString(
        folder.resolve("server-key.pem"),
        pem(new JcaPKCS8Generator(newKey(kept, keptBits).getPrivate(), null).generate()));
    assertThatThrownBy(() -> Certificates.load(folder, false, TlsPriority.NORMAL))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(folder.resolve("server-key.pem").toString())
        .hasMessageContaining(folder.resolve("server-cert.pem").toString())
        .hasMessageEndingWith("do not match");
  }

  /** The client's cipher suite or signature algorithm decides. */
  @ParameterizedTest
  @CsvSource({"EC, 256, RSA, 2048", "RSA, 2048, EC, 256"})
  void theKeyTypeOfTheClientSelectsTheCertificate(
      String first, int firstBits, String second, int secondBits) throws Exception {
    KeyPair other = newKey(second, secondBits);
    SelfSigned.write(folder, newKey(first, firstBits));
    Path numbered = Files.createDirectory(folder.resolve("numbered"));
    SelfSigned.write(numbered, other);
    Files.move(numbered.resolve("server-cert.pem"), folder.resolve("server-cert-0.pem"));
    Files.move(numbered.resolve("server-key.pem"), folder.resolve("server-key-0.pem"));
    OwnKeys keys = Certificates.keyManager(folder);
    for (String type : new String[] {"EC", "RSA"}) {
      String alias = keys.chooseEngineServerAlias(type, null, null);
      assertThat(keys.getCertificateChain(alias)[0].getPublicKey().getAlgorithm()).isEqualTo(type);
      assertThat(keys.getPrivateKey(alias).getAlgorithm()).isEqualTo(type);
    }
    assertThat(keys.chooseEngineServerAlias("DSA", null, null)).isNull();
    Certificates.load(folder, false, TlsPriority.NORMAL);
    Files.delete(folder.resolve("server-cert-0.pem"));
    assertThatThrownBy(() -> Certificates.load(folder, false, TlsPriority.NORMAL))
        .hasMessageContaining(folder.resolve("server-cert-0.pem").toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS12, TLS13})
  void tinyAndLargeRecordsKeepTheirData(String priority) throws Exception {
    TlsPeer peer = handshake(certificates, priority);
    byte[] bytes = new byte[100_001];
    new Random(SEED).nextBytes(bytes);
    assertThat(peer.toServer(bytes, 1 << 14)).as("seed %d", SEED).isEqualTo(bytes);
    assertThat(peer.toServer(new byte[] {1, 2, 3}, 1)).containsExactly(1, 2, 3);
    assertThat(peer.toClient(bytes)).as("seed %d", SEED).isEqualTo(bytes);
  }

  @Test
  void aClientMayUpdateItsKeys() throws Exception {
    TlsPeer peer = handshake(certificates, TLS13);
    peer.clientRenewsKeys();
    assertThat(peer.toServer(new byte[] {1, 2}, 2)).containsExactly(1, 2);
    assertThat(peer.toClient(new byte[] {3, 4})).containsExactly(3, 4);
  }

  /** RFC 8446, 6.1: "This does not have any effect on its read side of the connection". */
  @Test
  void aClientThatClosedItsOutputStillGetsReplies() throws Exception {
    TlsPeer peer = handshake(certificates, TLS13);
    peer.clientEnds();
    assertThat(peer.serverReads(ByteBuffer.allocate(TlsCodec.RECORD))).isEqualTo(-1);
    assertThat(peer.toClient(new byte[] {5})).containsExactly(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS12, TLS13})
  void closeIsAnnouncedToTheClientAndNothingFollows(String priority) throws Exception {
    TlsPeer peer = handshake(certificates, priority);
    peer.serverEnds();
    assertThat(peer.clientReads(ByteBuffer.allocate(TlsCodec.RECORD))).isEqualTo(Status.CLOSED);
    assertThatThrownBy(() -> peer.toClient(new byte[1])).isInstanceOf(SSLException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS12, TLS13})
  void aCorruptRecordIsRefused(String priority) throws Exception {
    TlsPeer peer = handshake(certificates, priority);
    peer.spoil(new byte[] {1, 2, 3});
    ByteBuffer plain = ByteBuffer.allocate(TlsCodec.RECORD);
    assertThatThrownBy(() -> peer.serverReads(plain)).isInstanceOf(SSLException.class);
    assertThat(plain.position()).isZero();
  }

  /** RFC 5246, 7.4.1.1 lets a client ask for it; a client could then change its identity. */
  @Test
  void renegotiationIsRefused() throws Exception {
    TlsPeer peer = handshake(certificates, TLS12);
    peer.clientRenegotiates();
    ByteBuffer plain = ByteBuffer.allocate(TlsCodec.RECORD);
    assertThatThrownBy(() -> peer.serverReads(plain))
        .isInstanceOf(SSLException.class)
        .hasMessage("the client wants to renegotiate the TLS session, which is refused");
    assertThat(plain.position()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS12, TLS13})
  void anIncompleteRecordIsNotRead(String priority) throws Exception {
    TlsPeer peer = handshake(certificates, priority);
    peer.cutOff(new byte[] {1, 2, 3});
    ByteBuffer plain = ByteBuffer.allocate(TlsCodec.RECORD);
    assertThat(peer.serverReads(plain)).isZero();
    assertThat(plain.position()).isZero();
  }
}
