package org.nbdcore.filter.luks;

import java.io.IOException;
import org.nbdcore.spi.Session;

/** A key derivation function, which is slow on purpose. Immutable. */
interface Kdf {

  /**
   * Derives a key of {@code length} bytes.
   *
   * @param session of the client; if it has ended, this method may fail early
   */
  byte[] key(byte[] passphrase, int length, Session session) throws IOException;

  /** PBKDF2 of RFC 8018. */
  record Pbkdf2(String hash, byte[] salt, long iterations) implements Kdf {
    @Override
    public byte[] key(byte[] passphrase, int length, Session session) throws IOException {
      return LuksHash.of(hash).key(passphrase, salt, iterations, length, session);
    }
  }
}
