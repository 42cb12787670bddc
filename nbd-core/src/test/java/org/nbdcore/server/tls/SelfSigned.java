package org.nbdcore.server.tls;

import java.io.IOException;
import java.io.Writer;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A directory for {@link Certificates} whose one certificate, for localhost, is its own authority.
 */
public final class SelfSigned {

  private static final Duration LIFE = Duration.ofHours(1);

  private SelfSigned() {}

  /**
   * Writes a new key and its certificate.
   *
   * @param directory which exists
   */
  public static void write(Path directory) throws IOException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      write(directory, generator.generateKeyPair());
    } catch (NoSuchAlgorithmException e) {
      throw new IOException("no key can be made: " + e.getMessage(), e);
    }
  }

  /**
   * Writes the key and its certificate.
   *
   * @param directory which exists
   */
  static void write(Path directory, KeyPair keys) throws IOException {
    try {
      X509CertificateHolder certificate = certificate(keys);
      write(directory.resolve("ca-cert.pem"), certificate);
      write(directory.resolve("server-cert.pem"), certificate);
      write(
          directory.resolve("server-key.pem"),
          new JcaPKCS8Generator(keys.getPrivate(), null).generate());
    } catch (OperatorCreationException e) {
      throw new IOException("no certificate can be made: " + e.getMessage(), e);
    }
  }

  private static X509CertificateHolder certificate(KeyPair keys)
      throws IOException, OperatorCreationException {
    X500Name name = new X500Name("CN=localhost");
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
            name,
            BigInteger.ONE,
            Date.from(now.minus(LIFE)), // a clock may be set back
            Date.from(now.plus(LIFE)),
            name,
            keys.getPublic())
        .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
        .addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")))
        .build(new JcaContentSignerBuilder(signature(keys)).build(keys.getPrivate()));
  }

  private static String signature(KeyPair keys) {
    return switch (keys.getPrivate().getAlgorithm()) {
      case "EC" -> "SHA256withECDSA";
      case "EdDSA" -> "Ed25519";
      default -> "SHA256withRSA";
    };
  }

  private static void write(Path file, Object object) throws IOException {
    try (Writer out = Files.newBufferedWriter(file);
        JcaPEMWriter pem = new JcaPEMWriter(out)) {
      pem.writeObject(object);
    }
  }
}
