package org.nbdcore.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.nbdcore.spi.ConfigException;

/** The keys of a file of {@code username:hexadecimal-key} lines, as psktool(1) writes it. */
public final class PreSharedKeys {

  private final Map<String, byte[]> keys;

  private PreSharedKeys(Map<String, byte[]> keys) {
    this.keys = keys;
  }

  /**
   * Reads a file of keys.
   *
   * @throws ConfigException naming the file, and the line if one is malformed
   */
  public static Tls.Sessions load(Path file, TlsPriority priority) throws ConfigException {
    PreSharedKeys keys = new PreSharedKeys(read(file));
    TlsCrypto crypto = new BcTlsCrypto(new SecureRandom());
    return () -> new PskCodec(new PskServer(crypto, keys, priority));
  }

  /**
   * The user of a file that has one only; nothing if there are more, or the file is no such one.
   */
  public static Optional<String> onlyUser(Path file) {
    try {
      Map<String, byte[]> keys = read(file);
      return keys.size() == 1 ? Optional.of(keys.keySet().iterator().next()) : Optional.empty();
    } catch (ConfigException e) {
      return Optional.empty();
    }
  }

  private static Map<String, byte[]> read(Path file) throws ConfigException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new ConfigException("--tls-psk: " + file + " cannot be read: " + e.getMessage(), e);
    }
    Map<String, byte[]> keys = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      int colon = line.lastIndexOf(':');
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      try {
        byte[] key = HexFormat.of().parseHex(line.substring(colon + 1));
        if (colon < 1 || key.length == 0) {
          throw new IllegalArgumentException("a name, a colon and a key are needed");
        }
        keys.put(line.substring(0, colon), key);
      } catch (IllegalArgumentException e) {
        throw new ConfigException(
            "--tls-psk: line " + (i + 1) + " of " + file + " is not USERNAME:HEXADECIMAL-KEY", e);
      }
    }
    if (keys.isEmpty()) {
      throw new ConfigException("--tls-psk: there is no key in " + file);
    }
    return keys;
  }

  /** A copy of the key of a user, or null if there is none. */
  byte[] key(String user) {
    byte[] key = keys.get(user);
    return key == null ? null : key.clone();
  }
}
