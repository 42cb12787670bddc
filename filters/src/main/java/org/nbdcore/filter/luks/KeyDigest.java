package org.nbdcore.filter.luks;

import java.io.IOException;
import java.security.MessageDigest;
import org.nbdcore.spi.Session;

/** A digest to verify the volume key: a key derived from it. */
record KeyDigest(Kdf kdf, byte[] value) {

  boolean matches(byte[] key, Session session) throws IOException {
    return MessageDigest.isEqual(kdf.key(key, value.length, session), value);
  }
}
