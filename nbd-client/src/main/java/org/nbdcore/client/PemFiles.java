package org.nbdcore.client;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.nbdcore.tls.PemFile;

/** Reads certificates and a private key. Error messages name the file. */
final class PemFiles {

  private PemFiles() {}

  static List<X509Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try {
      return PemFile.certificates(file);
    } catch (NoSuchFileException e) {
      throw NbdClientException.broken("TLS needs the file " + file + ", which does not exist", e);
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  static PrivateKey privateKey(Path file) throws IOException {
    try {
      return PemFile.privateKey(file);
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  private static NbdClientException unusable(Path file, IOException failure) {
    return NbdClientException.broken(
        file + " cannot be used for TLS: " + failure.getMessage(), failure);
  }
}
