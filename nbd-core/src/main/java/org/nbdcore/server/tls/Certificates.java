package org.nbdcore.server.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.tls.PemFile;

/**
 * Reads the certificates of a directory with the layout of nbdkit-tls(1): {@code ca-cert.pem},
 * {@code server-cert.pem} and {@code server-key.pem}. Optional are {@code ca-crl.pem}, and further
 * keys and certificates with {@code -0}, {@code -1} and so on in their names.
 */
public final class Certificates {

  private Certificates() {}

  private static Optional<Path> missing(Path directory) {
    for (String name : new String[] {"ca-cert.pem", "server-cert.pem", "server-key.pem"}) {
      Path file = directory.resolve(name);
      if (!Files.isReadable(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  /**
   * Reads the directory.
   *
   * @param verifyPeer true to require a client certificate that the authority has signed and not
   *     revoked
   * @param parameters the allowed TLS versions and cipher suites
   * @throws ConfigException if a file is missing or invalid; the message names the file
   */
  public static Tls.CodecFactory load(Path directory, boolean verifyPeer, TlsPriority parameters)
      throws ConfigException {
    Optional<Path> missing = missing(directory);
    if (missing.isPresent()) {
      throw new ConfigException("TLS needs " + missing.get() + ", which cannot be read");
    }
    return new ContextCodecFactory(context(directory, verifyPeer), verifyPeer, parameters);
  }

  private static SSLContext context(Path directory, boolean verifyPeer) throws ConfigException {
    Path reading = directory.resolve("ca-cert.pem");
    try {
      KeyStore authorities = KeyStore.getInstance("PKCS12");
      authorities.load(null, null);
      int number = 0;
      // if clients are not verified, the file may contain no certificate, as in nbdkit
      for (Certificate authority :
          verifyPeer ? PemFile.certificates(reading) : PemFile.certificatesIfAny(reading)) {
        authorities.setCertificateEntry("authority" + number++, authority);
      }
      reading = directory.resolve("ca-crl.pem");
      KeyManager[] keys = {keyManager(directory)};
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust(authorities, reading).getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw unusable(reading, e);
    }
  }

  /** Reads the key of the server, and the numbered ones. */
  static OwnKeys keyManager(Path directory) throws ConfigException {
    List<OwnKey> keys = new ArrayList<>();
    keys.add(key(directory, ""));
    for (int number = 0; exists(directory, "-" + number); number++) {
      keys.add(key(directory, "-" + number));
    }
    return new OwnKeys(keys);
  }

  private static boolean exists(Path directory, String suffix) {
    return Files.exists(directory.resolve("server-cert" + suffix + ".pem"))
        || Files.exists(directory.resolve("server-key" + suffix + ".pem"));
  }

  private static OwnKey key(Path directory, String suffix) throws ConfigException {
    Path reading = directory.resolve("server-key" + suffix + ".pem");
    try {
      PrivateKey key = PemFile.privateKey(reading);
      reading = directory.resolve("server-cert" + suffix + ".pem");
      X509Certificate[] chain = PemFile.certificates(reading).toArray(X509Certificate[]::new);
      OwnKey own = new OwnKey(key, chain);
      if (!own.matches()) {
        throw new ConfigException(
            directory.resolve("server-key" + suffix + ".pem")
                + " is not the key of the first certificate in "
                + reading
                + ": the two do not match");
      }
      return own;
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw unusable(reading, e);
    }
  }

  private static ConfigException unusable(Path file, Exception cause) {
    return new ConfigException(file + " cannot be used for TLS: " + cause.getMessage(), cause);
  }

  private static TrustManagerFactory trust(KeyStore authorities, Path revoked)
      throws IOException, GeneralSecurityException {
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    if (authorities.size() == 0 || !Files.exists(revoked)) {
      factory.init(authorities);
      return factory;
    }
    PKIXBuilderParameters path = new PKIXBuilderParameters(authorities, new X509CertSelector());
    try (InputStream in = Files.newInputStream(revoked)) {
      path.addCertStore(
          CertStore.getInstance(
              "Collection",
              new CollectionCertStoreParameters(
                  CertificateFactory.getInstance("X.509").generateCRLs(in))));
    }
    PKIXRevocationChecker checker =
        (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
    checker.setOptions(
        EnumSet.of(
            PKIXRevocationChecker.Option.PREFER_CRLS,
            PKIXRevocationChecker.Option.NO_FALLBACK,
            PKIXRevocationChecker.Option.ONLY_END_ENTITY));
    path.addCertPathChecker(checker);
    factory.init(new CertPathTrustManagerParameters(path));
    return factory;
  }
}
