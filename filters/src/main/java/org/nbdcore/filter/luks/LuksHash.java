package org.nbdcore.filter.luks;

import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.RIPEMD160Digest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA224Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.digests.WhirlpoolDigest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;

/** Key derivation and stripe diffusion with a hash function. For one thread. */
final class LuksHash {

  /** Iterations between two checks of the client, some milliseconds of work. */
  private static final int CHECK_ITERATIONS = 1 << 14;

  private final Digest digest;

  private LuksHash(Digest digest) {
    this.digest = digest;
  }

  /** The function of this name, as LUKS headers write it. */
  static LuksHash of(String name) throws NbdException {
    return new LuksHash(
        switch (name) {
          case "sha1" -> new SHA1Digest();
          case "sha224" -> new SHA224Digest();
          case "sha256" -> new SHA256Digest();
          case "sha384" -> new SHA384Digest();
          case "sha512" -> new SHA512Digest();
          case "ripemd160" -> new RIPEMD160Digest();
          case "whirlpool" -> new WhirlpoolDigest();
          default ->
              throw LuksHeader.refused(
                  "the hash of the LUKS container must be sha1, sha224, sha256, sha384, sha512,"
                      + " ripemd160 or whirlpool, not '"
                      + name
                      + "'");
        });
  }

  /** The hash of a text. */
  byte[] of(byte[] text) {
    byte[] hash = new byte[digest.getDigestSize()];
    digest.update(text, 0, text.length);
    digest.doFinal(hash, 0);
    return hash;
  }

  /**
   * Derives a key of {@code length} bytes from a secret (PBKDF2, RFC 8018).
   *
   * @param session of the client; this method fails soon after it has ended
   * @throws NbdException with ESHUTDOWN if the session has ended
   */
  byte[] key(byte[] secret, byte[] salt, long iterations, int length, Session session)
      throws NbdException {
    HMac hmac = new HMac(digest);
    hmac.init(new KeyParameter(secret));
    byte[] key = new byte[length];
    byte[] round = new byte[hmac.getMacSize()];
    byte[] sum = new byte[round.length];
    for (int at = 0, number = 1; at < length; at += sum.length, number++) {
      hmac.update(salt, 0, salt.length);
      for (int shift = 24; shift >= 0; shift -= 8) {
        hmac.update((byte) (number >>> shift));
      }
      hmac.doFinal(round, 0);
      System.arraycopy(round, 0, sum, 0, sum.length);
      for (long iteration = 1; iteration < iterations; iteration++) {
        if (iteration % CHECK_ITERATIONS == 0) {
          session.requireConnected();
        }
        hmac.update(round, 0, round.length);
        hmac.doFinal(round, 0);
        for (int i = 0; i < sum.length; i++) {
          sum[i] ^= round[i];
        }
      }
      System.arraycopy(sum, 0, key, at, Math.min(sum.length, length - at));
    }
    digest.reset(); // the HMAC leaves the secret in it
    return key;
  }

  /**
   * Merges the stripes to the key (anti-forensic merge). All stripes have the length of the key.
   */
  byte[] merge(byte[] stripes, int length) {
    byte[] key = new byte[length];
    for (int at = 0; at < stripes.length; at += length) {
      if (at > 0) {
        diffuse(key);
      }
      for (int i = 0; i < length; i++) {
        key[i] ^= stripes[at + i];
      }
    }
    return key;
  }

  /** Replaces each part of the length of a hash by the hash of its number and itself. */
  private void diffuse(byte[] bytes) {
    byte[] hash = new byte[digest.getDigestSize()];
    for (int at = 0, number = 0; at < bytes.length; at += hash.length, number++) {
      int length = Math.min(hash.length, bytes.length - at);
      digest.update((byte) (number >>> 24));
      digest.update((byte) (number >>> 16));
      digest.update((byte) (number >>> 8));
      digest.update((byte) number);
      digest.update(bytes, at, length);
      digest.doFinal(hash, 0);
      System.arraycopy(hash, 0, bytes, at, length);
    }
  }
}
