package org.nbdcore.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.util.Base64;
import java.util.Random;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Private keys of each form, made by Bouncy Castle. */
final class PemFileTest {

  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("key.pem"), text);
  }

  private static String section(String label, byte[] der) {
    String base64 = Base64.getMimeEncoder().encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }

  private static KeyPair newKey(String algorithm, int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private static PrivateKeyInfo info(KeyPair keys) {
    return PrivateKeyInfo.getInstance(keys.getPrivate().getEncoded());
  }

  @ParameterizedTest
  @CsvSource({"RSA, 1024", "EC, 256", "Ed25519, 255", "RSASSA-PSS, 1024"})
  void aPkcs8KeyIsReadFromAFileWithOtherText(String algorithm, int bits) throws Exception {
    KeyPair keys = newKey(algorithm, bits);
    String pem = section("PRIVATE KEY", keys.getPrivate().getEncoded());
    assertThat(PemFile.privateKey(file("Bag Attributes: k\u00e9y\n" + pem + "behind it\n")))
        .isEqualTo(keys.getPrivate());
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 2048})
  void aPkcs1KeyIsRead(int bits) throws Exception {
    KeyPair keys = newKey("RSA", bits);
    byte[] pkcs1 = info(keys).parsePrivateKey().toASN1Primitive().getEncoded();
    assertThat(PemFile.privateKey(file(section("RSA PRIVATE KEY", pkcs1))))
        .isEqualTo(keys.getPrivate());
  }

  private static byte[] sec1(KeyPair keys, ASN1Encodable curve) throws IOException {
    ECPrivateKey key = (ECPrivateKey) keys.getPrivate();
    int bits = key.getParams().getOrder().bitLength();
    return (curve == null
            ? new org.bouncycastle.asn1.sec.ECPrivateKey(bits, key.getS())
            : new org.bouncycastle.asn1.sec.ECPrivateKey(bits, key.getS(), curve))
        .getEncoded();
  }

  /** The JDK compares keys by their encoded form, which may name the curve twice. */
  private static void assertSameNumber(Path file, KeyPair keys) throws IOException {
    ECPrivateKey expected = (ECPrivateKey) keys.getPrivate();
    assertThat(PemFile.privateKey(file))
        .isInstanceOfSatisfying(
            ECPrivateKey.class,
            key -> {
              assertThat(key.getS()).isEqualTo(expected.getS());
              assertThat(key.getParams()).isEqualTo(expected.getParams());
            });
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 384, 521})
  void aSec1KeyIsReadWithItsCurveInItOrBeforeIt(int bits) throws Exception {
    KeyPair keys = newKey("EC", bits);
    ASN1Encodable curve = info(keys).getPrivateKeyAlgorithm().getParameters();
    Path inside = file(section("EC PRIVATE KEY", sec1(keys, curve)));
    assertSameNumber(inside, keys);
    byte[] parameters = curve.toASN1Primitive().getEncoded();
    Path before =
        file(section("EC PARAMETERS", parameters) + section("EC PRIVATE KEY", sec1(keys, null)));
    assertSameNumber(before, keys);
    Path nowhere = file(section("EC PRIVATE KEY", sec1(keys, null)));
    assertThatThrownBy(() -> PemFile.privateKey(nowhere))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("which curve");
  }

  @Test
  void anEncryptedKeyIsRefused() throws Exception {
    String older =
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nMAAA\n"
            + "-----END RSA PRIVATE KEY-----\n";
    for (String text : new String[] {section("ENCRYPTED PRIVATE KEY", new byte[9]), older, ""}) {
      Path file = file(text);
      assertThatThrownBy(() -> PemFile.privateKey(file))
          .isInstanceOf(IOException.class)
          .hasMessage("there is no unencrypted private key in it");
    }
  }

  /** A broken key results in an IOException, never in another exception. */
  @RepeatedTest(50)
  void aBrokenKeyIsRefused(RepetitionInfo repetition) throws Exception {
    Random random = new Random(repetition.getCurrentRepetition());
    byte[] der = new byte[random.nextInt(20)];
    random.nextBytes(der);
    for (String label : new String[] {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"}) {
      Path file = file(section(label, der));
      assertThatThrownBy(() -> PemFile.privateKey(file))
          .as("seed %d", repetition.getCurrentRepetition())
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void aFileWithoutCertificatesIsRefused() throws Exception {
    Path file = file("");
    assertThatThrownBy(() -> PemFile.certificates(file))
        .isInstanceOf(IOException.class)
        .hasMessage("there is no certificate in it");
  }
}
