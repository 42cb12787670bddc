package org.nbdcore.server.tls.psk;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.nbdcore.server.tls.Tls;
import org.nbdcore.server.tls.TlsPriority;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.tls.PskFile;

/** The keys of a file of {@code username:hexadecimal-key} lines, as psktool(1) writes it. */
public final class PreSharedKeys {

  private final Map<String, byte[]> keys;

  private PreSharedKeys(Map<String, byte[]> keys) {
    this.keys = keys;
  }

  /**
   * Reads a file of keys.
   *
   * @throws ConfigException if the file is invalid; the message names the file, and a malformed
   *     line by its number
   */
  public static Tls.CodecFactory load(Path file, TlsPriority priority) throws ConfigException {
    PreSharedKeys keys = new PreSharedKeys(read(file));
    TlsCrypto crypto = new BcTlsCrypto(new SecureRandom());
    return () -> new PskCodec(new PskServer(crypto, keys, priority));
  }

  /**
   * Returns the user of a file with exactly one key. Empty if there are more, or if the file is
   * invalid.
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
    Map<String, byte[]> keys;
    try {
      keys = PskFile.read(file);
    } catch (PskFile.MalformedLineException e) {
      throw new ConfigException(
          "--tls-psk: line " + e.line() + " of " + file + " is not USERNAME:HEXADECIMAL-KEY", e);
    } catch (IOException e) {
      throw new ConfigException("--tls-psk: " + file + " cannot be read: " + e.getMessage(), e);
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
