package org.nbdcore.filter.luks;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.engines.CAST5Engine;
import org.bouncycastle.crypto.engines.SerpentEngine;
import org.bouncycastle.crypto.engines.TwofishEngine;
import org.bouncycastle.crypto.params.KeyParameter;
import org.nbdcore.spi.NbdException;

/** A block cipher with its key, used on many blocks in place. For one thread. */
abstract class Ecb {

  /** Encrypts or decrypts whole blocks of {@code bytes} in place. */
  abstract void crypt(boolean encrypt, byte[] bytes, int from, int length);

  /** The size of its blocks, in bytes. */
  abstract int blockSize();

  /** The cipher of that name, as LUKS headers write it. */
  static Ecb of(String name, byte[] key) throws NbdException {
    try {
      return switch (name) {
        case "aes" -> new Jdk("AES", key);
        case "serpent" -> new Engine(new SerpentEngine(), new SerpentEngine(), key, 32);
        case "twofish" -> new Engine(new TwofishEngine(), new TwofishEngine(), key, 32);
        case "cast5" -> new Engine(new CAST5Engine(), new CAST5Engine(), key, 16);
        default ->
            throw LuksHeader.refused(
                "the cipher of the LUKS container must be aes, serpent, twofish or cast5, not '"
                    + name
                    + "'");
      };
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw LuksHeader.refused(
          "the LUKS header is damaged: a key of " + key.length + " bytes does not fit " + name);
    }
  }

  /** The JDK's implementation, which uses the processor's instructions. */
  private static final class Jdk extends Ecb {

    private final Cipher encrypting;
    private final Cipher decrypting;

    Jdk(String name, byte[] key) throws GeneralSecurityException {
      encrypting = cipher(name, Cipher.ENCRYPT_MODE, key);
      decrypting = cipher(name, Cipher.DECRYPT_MODE, key);
    }

    private static Cipher cipher(String name, int mode, byte[] key)
        throws GeneralSecurityException {
      Cipher cipher = Cipher.getInstance(name + "/ECB/NoPadding");
      cipher.init(mode, new SecretKeySpec(key, name));
      return cipher;
    }

    @Override
    void crypt(boolean encrypt, byte[] bytes, int from, int length) {
      try {
        Cipher cipher = encrypt ? encrypting : decrypting;
        if (cipher.update(bytes, from, length, bytes, from) != length) {
          throw new IllegalStateException("not all of " + length + " bytes came back");
        }
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e); // does not happen: the buffer is large enough
      }
    }

    @Override
    int blockSize() {
      return encrypting.getBlockSize();
    }
  }

  /** Bouncy Castle's implementation. */
  private static final class Engine extends Ecb {

    private final BlockCipher encrypting;
    private final BlockCipher decrypting;

    Engine(BlockCipher encrypting, BlockCipher decrypting, byte[] key, int longest) {
      if (key.length > longest) {
        throw new IllegalArgumentException();
      }
      this.encrypting = encrypting;
      this.decrypting = decrypting;
      encrypting.init(true, new KeyParameter(key));
      decrypting.init(false, new KeyParameter(key));
    }

    @Override
    void crypt(boolean encrypt, byte[] bytes, int from, int length) {
      BlockCipher cipher = encrypt ? encrypting : decrypting;
      int block = cipher.getBlockSize();
      for (int at = from; at < from + length; at += block) {
        cipher.processBlock(bytes, at, bytes, at);
      }
    }

    @Override
    int blockSize() {
      return encrypting.getBlockSize();
    }
  }
}
