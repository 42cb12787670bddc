package org.nbdcore.client;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.tls.PskFile;

/** A pre-shared key and its name. Its text does not contain the key. */
final class PskKey {

  private final String user;
  private final byte[] key;

  private PskKey(String user, byte[] key) {
    this.user = user;
    this.key = key;
  }

  /** True if a URI asks for a pre-shared key instead of certificates. */
  static boolean wanted(NbdUri uri) {
    return "psk".equals(uri.parameter("tls-type")) || uri.parameter("tls-psk-file") != null;
  }

  /**
   * Reads the URI's {@code tls-psk-file} and returns the key of the URI's user. If the URI has no
   * user, returns the key of the user who runs this program, or the only key.
   *
   * @throws NbdClientException with the file and the reason
   */
  static PskKey of(NbdUri uri) throws IOException {
    String type = uri.parameter("tls-type");
    Path file = uri.path("tls-psk-file");
    if (file == null) {
      throw NbdClientException.broken("tls-type=psk needs tls-psk-file=FILE", null);
    }
    if (type != null && !type.equals("psk")) {
      throw NbdClientException.broken("tls-psk-file cannot go with tls-type=" + type, null);
    }
    Map<String, byte[]> keys = read(file);
    String user = uri.user() != null ? uri.user() : System.getProperty("user.name");
    if (uri.user() == null && !keys.containsKey(user) && keys.size() == 1) {
      user = keys.keySet().iterator().next();
    }
    byte[] key = keys.get(user);
    if (key == null) {
      throw NbdClientException.broken(
          "there is no key of '"
              + user
              + "' in "
              + file
              + "; put the name of a key before the host: nbds://NAME@HOST",
          null);
    }
    return new PskKey(user, key);
  }

  private static Map<String, byte[]> read(Path file) throws IOException {
    try {
      return PskFile.read(file);
    } catch (PskFile.MalformedLineException e) {
      throw NbdClientException.broken(
          "line " + e.line() + " of tls-psk-file " + file + " is not NAME:HEXADECIMAL-KEY", null);
    } catch (IOException e) {
      throw NbdClientException.broken("tls-psk-file " + file + " cannot be read: " + e, e);
    }
  }

  String user() {
    return user;
  }

  byte[] key() {
    return key.clone();
  }
}
