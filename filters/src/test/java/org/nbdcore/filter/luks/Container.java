package org.nbdcore.filter.luks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.nbdcore.spi.Session;

/** Makes small LUKS containers, with few stripes and iterations. */
final class Container {

  /** The offset of the encrypted disk. */
  static final int PAYLOAD = 8192;

  static final String PASSPHRASE = "open sesame";
  static final int SLOT = 208; // offset of the first key slot
  private static final int SLOT_LENGTH = 48;
  private static final int STRIPES = 5;
  private static final int ITERATIONS = 3;

  private final String cipher;
  private final String mode;
  final byte[] key;
  final ByteBuffer header = ByteBuffer.allocate(PAYLOAD);

  Container(String cipher, String mode, String hash, int keyLength) throws IOException {
    this.cipher = cipher;
    this.mode = mode;
    key = new byte[keyLength];
    Random random = new Random(3);
    random.nextBytes(key);
    byte[] salt = new byte[LuksHeader.SALT];
    random.nextBytes(salt);
    header.put(new byte[] {'L', 'U', 'K', 'S', (byte) 0xba, (byte) 0xbe, 0, 1});
    text(8, cipher);
    text(40, mode);
    text(72, hash);
    header.putInt(104, PAYLOAD / 512).putInt(108, keyLength);
    header
        .position(112)
        .put(LuksHash.of(hash).key(key, salt, ITERATIONS, 20, Session.DETACHED))
        .put(salt);
    header.putInt(164, ITERATIONS);
    text(168, "8c0ab0ad-ee10-4bd4-a8c8-d5f1e7c7fd60");
    slot(1, hash, "another", salt);
    slot(3, hash, PASSPHRASE, salt);
  }

  private void text(int at, String text) {
    header.position(at).put(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void slot(int number, String hash, String passphrase, byte[] salt) throws IOException {
    int sector = 2 + number;
    header.position(SLOT + number * SLOT_LENGTH).putInt(0x00ac71f3).putInt(ITERATIONS).put(salt);
    header.putInt(sector).putInt(STRIPES);
    byte[] stripes = new byte[512];
    new Random(number).nextBytes(stripes);
    int last = (STRIPES - 1) * key.length;
    Arrays.fill(stripes, last, last + key.length, (byte) 0);
    byte[] others = LuksHash.of(hash).merge(Arrays.copyOf(stripes, last + key.length), key.length);
    for (int i = 0; i < key.length; i++) {
      stripes[last + i] = (byte) (others[i] ^ key[i]);
    }
    byte[] own =
        LuksHash.of(hash)
            .key(
                passphrase.getBytes(StandardCharsets.UTF_8),
                salt,
                ITERATIONS,
                key.length,
                Session.DETACHED);
    SectorCipher.of(cipher, mode, own).crypt(true, stripes, stripes.length, 0);
    header.position(sector * 512).put(stripes);
  }

  /** The bytes of a disk, encrypted or decrypted. */
  byte[] crypt(boolean encrypt, byte[] disk) throws IOException {
    byte[] result = disk.clone();
    SectorCipher sectors = SectorCipher.of(cipher, mode, key);
    byte[] sector = new byte[512];
    for (int at = 0; at + 512 <= disk.length; at += 512) {
      System.arraycopy(disk, at, sector, 0, 512);
      sectors.crypt(encrypt, sector, 512, at / 512);
      System.arraycopy(sector, 0, result, at, 512);
    }
    return result;
  }

  /** The container with an encrypted disk. */
  byte[] file(byte[] disk) throws IOException {
    byte[] file = Arrays.copyOf(header.array(), PAYLOAD + disk.length);
    System.arraycopy(crypt(true, disk), 0, file, PAYLOAD, disk.length);
    return file;
  }
}
