package org.nbdcore.filter.luks;

import java.io.IOException;
import java.security.MessageDigest;
import org.nbdcore.spi.Session;

/** By what the volume key is known to be right: a key that is derived from it. */
record KeyDigest(Kdf kdf, byte[] value) {

  boolean matches(byte[] key, Session session) throws IOException {
    return MessageDigest.isEqual(kdf.key(key, value.length, session), value);
  }
}
