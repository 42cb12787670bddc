package org.nbdcore.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nbdcore.protocol.NbdUri;

/** A pre-shared key and the name that it goes by. The key is not shown. */
final class PskKey {

  private final String user;
  private final byte[] key;

  private PskKey(String user, byte[] key) {
    this.user = user;
    this.key = key;
  }

  /** Whether a URI asks for such a key rather than for certificates. */
  static boolean wanted(NbdUri uri) {
    return uri != null
        && ("psk".equals(uri.parameter("tls-type")) || uri.parameter("tls-psk-file") != null);
  }

  /**
   * The key of the URI's {@code tls-psk-file}: that of its user; where it names none, of the user
   * that this program runs as, or the only one.
   *
   * @throws NbdClientException naming the file and what is wrong with it
   */
  static PskKey of(NbdUri uri) throws IOException {
    String type = uri.parameter("tls-type");
    String file = uri.parameter("tls-psk-file");
    if (file == null) {
      throw NbdClientException.broken("tls-type=psk needs tls-psk-file=FILE", null);
    }
    if (type != null && !type.equals("psk")) {
      throw NbdClientException.broken("tls-psk-file cannot go with tls-type=" + type, null);
    }
    Map<String, byte[]> keys = read(Path.of(file));
    String user = uri.user() != null ? uri.user() : System.getProperty("user.name");
    if (uri.user() == null && !keys.containsKey(user) && keys.size() == 1) {
      user = keys.keySet().iterator().next();
    }
    byte[] key = keys.get(user);
    if (key == null) {
      throw NbdClientException.broken(
          "there is no key of '" + user + "' in " + file + "; name one of it as the URI's user",
          null);
    }
    return new PskKey(user, key);
  }

  /** Lines of {@code NAME:HEXADECIMAL-KEY}, as psktool(1) writes them. */
  private static Map<String, byte[]> read(Path file) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw NbdClientException.broken("tls-psk-file " + file + " cannot be read: " + e, e);
    }
    Map<String, byte[]> keys = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int colon = line.lastIndexOf(':');
      byte[] key = colon < 1 ? null : parsed(line.substring(colon + 1));
      if (key == null) {
        throw NbdClientException.broken(
            "line " + (i + 1) + " of tls-psk-file " + file + " is not NAME:HEXADECIMAL-KEY", null);
      }
      keys.put(line.substring(0, colon), key);
    }
    return keys;
  }

  /** Null if that is no key; an exception would show it. */
  private static byte[] parsed(String hexadecimal) {
    try {
      byte[] key = HexFormat.of().parseHex(hexadecimal);
      return key.length == 0 ? null : key;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  String user() {
    return user;
  }

  byte[] key() {
    return key.clone();
  }
}
