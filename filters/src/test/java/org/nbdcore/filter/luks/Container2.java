package org.nbdcore.filter.luks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.nbdcore.spi.Session;

/** Makes small LUKS containers of version 2, with few stripes and little memory. */
final class Container2 {

  /** The offset of the encrypted disk. */
  static final int PAYLOAD = 3 << 14;

  static final String PASSPHRASE = "open sesame";

  /** The length of a copy of the header. */
  static final int COPY = 1 << 14;

  private static final int STRIPES = 5;
  private static final int KEY = 64;

  private final byte[] key = new byte[KEY];
  private final byte[] salt = new byte[32];
  private final int sector;
  private final byte[] area;
  private final byte[] digest;

  /** The JSON, which a test may change. */
  String json;

  Container2(int sector) throws IOException {
    this.sector = sector;
    Random random = new Random(3);
    random.nextBytes(key);
    random.nextBytes(salt);
    byte[] own =
        new Argon2(Argon2Parameters.ARGON2_id, salt, 1, 64, 2)
            .key(PASSPHRASE.getBytes(StandardCharsets.UTF_8), KEY, Session.DETACHED);
    byte[] stripes = new byte[(int) LuksHeader.sectors(STRIPES * KEY)];
    random.nextBytes(stripes);
    int last = (STRIPES - 1) * KEY;
    Arrays.fill(stripes, last, last + KEY, (byte) 0);
    byte[] others = LuksHash.of("sha256").merge(Arrays.copyOf(stripes, last + KEY), KEY);
    for (int i = 0; i < KEY; i++) {
      stripes[last + i] = (byte) (others[i] ^ key[i]);
    }
    SectorCipher.of("aes", "xts-plain64", own).crypt(true, stripes, stripes.length, 0);
    area = stripes;
    digest = LuksHash.of("sha256").key(key, salt, 5, 32, Session.DETACHED);
    json =
        """
        {"keyslots":{"7":{"type":"luks2","key_size":64,"priority":0},
        "1":{"type":"luks2","key_size":64,"af":{"type":"luks1","stripes":5,"hash":"sha256"},
        "area":{"type":"raw","offset":"32768","size":"4096","encryption":"aes-xts-plain64","key_size":64},
        "kdf":{"type":"argon2id","time":1,"memory":64,"cpus":2,"salt":"SALT"}}},"tokens":{},
        "segments":{"0":{"type":"crypt","offset":"49152","size":"dynamic","iv_tweak":"9","encryption":"aes-xts-plain64","sector_size":SECTOR}},
        "digests":{"0":{"type":"pbkdf2","keyslots":["1","7"],"segments":["0"],"hash":"sha256","iterations":5,"salt":"SALT","digest":"DIGEST"}},
        "config":{"json_size":"12288","keyslots_size":"16384"}}
        """
            .replace("SALT", Base64.getEncoder().encodeToString(salt))
            .replace("DIGEST", Base64.getEncoder().encodeToString(digest))
            .replace("SECTOR", Integer.toString(sector));
  }

  /** The container with an encrypted disk. */
  byte[] file(byte[] disk) throws IOException {
    ByteBuffer file = ByteBuffer.allocate(PAYLOAD + disk.length);
    copy(file, 0, "LUKS");
    copy(file, COPY, "SKUL");
    file.put(2 * COPY, area);
    byte[] encrypted = disk.clone();
    SectorCipher sectors = SectorCipher.of("aes", "xts-plain64", key, sector);
    byte[] one = new byte[sector];
    for (int at = 0; at + sector <= disk.length; at += sector) {
      System.arraycopy(disk, at, one, 0, sector);
      sectors.crypt(true, one, sector, at / 512 + 9);
      System.arraycopy(one, 0, encrypted, at, sector);
    }
    file.put(PAYLOAD, encrypted);
    return file.array();
  }

  private void copy(ByteBuffer file, int at, String magic) {
    ByteBuffer copy = file.slice(at, COPY);
    copy.put(magic.getBytes(StandardCharsets.US_ASCII)).put((byte) 0xba).put((byte) 0xbe);
    copy.putShort((short) 2).putLong(COPY).putLong(3);
    copy.put(72, "sha256".getBytes(StandardCharsets.US_ASCII));
    copy.putLong(256, at);
    copy.put(4096, json.getBytes(StandardCharsets.UTF_8));
    byte[] bytes = new byte[COPY];
    copy.get(0, bytes);
    try {
      copy.put(448, MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
