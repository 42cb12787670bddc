package org.nbdcore.filter.luks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.BlockDeviceInputStream;
import org.nbdcore.spi.helpers.UnalignedReader;

/**
 * The header of a LUKS container of version 1.
 *
 * @param cipher its name, such as {@code aes}
 * @param mode cipher mode, such as {@code xts-plain64}
 * @param hash name of the hash function, such as {@code sha256}
 * @param payload where the encrypted disk begins, in bytes
 * @param keyLength of the master key, in bytes
 * @param digest verifies the master key
 * @param digestSalt of the digest
 * @param digestIterations of the digest
 * @param slots all key slots, in use or not
 */
record LuksHeader(
    String cipher,
    String mode,
    String hash,
    long payload,
    int keyLength,
    byte[] digest,
    byte[] digestSalt,
    long digestIterations,
    List<KeySlot> slots) {

  static final int LENGTH = 592;
  static final int SECTOR = 512;
  static final int SALT = 32;
  static final int DIGEST = 20;

  static final byte[] MAGIC = {'L', 'U', 'K', 'S', (byte) 0xba, (byte) 0xbe};
  private static final int TEXT = 32;
  private static final int UUID = 40;
  private static final int LONGEST_KEY = 128;

  /** Maximum length of the stripes of a key, some 30 times that of cryptsetup. */
  private static final long LONGEST_STRIPES = 16 << 20;

  /**
   * Limit for all slots together, about a minute of work, because a wrong passphrase is tried with
   * each slot. cryptsetup uses two seconds a slot, on the machine that creates it.
   */
  private static final long MAX_ITERATIONS = 100_000_000;

  /**
   * Reads the bytes that identify a container: for version 1 those that {@link #parse} needs, for
   * version 2 the binary part of the header, which contains a checksum of the rest.
   */
  static ByteBuffer bytes(BlockDevice container) throws IOException {
    long size = BlockDeviceInputStream.readable(container);
    if (size < LENGTH) {
      throw refused("not a LUKS container: the disk has only " + container.size() + " bytes");
    }
    UnalignedReader reader = new UnalignedReader(container);
    ByteBuffer bytes = reader.read(0, LENGTH);
    if (!isMarked(bytes)) {
      throw refused("not a LUKS container: it does not start with the LUKS signature");
    }
    return version(bytes) == 2 && size >= Luks2Header.LENGTH
        ? reader.read(0, Luks2Header.LENGTH)
        : bytes;
  }

  private static boolean isMarked(ByteBuffer bytes) {
    return bytes.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
  }

  private static int version(ByteBuffer bytes) {
    return bytes.getShort(MAGIC.length) & 0xffff;
  }

  /**
   * Parses a header of either version.
   *
   * @param bytes the result of {@link #bytes}
   */
  static LuksMetadata parseHeader(ByteBuffer bytes, BlockDevice container) throws IOException {
    int version = version(bytes);
    if (version == 2) {
      return Luks2Header.read(container);
    }
    if (version != 1) {
      throw refused("the LUKS container must have version 1 or 2, not " + version);
    }
    return parse(bytes, container.size()).metadata();
  }

  /**
   * Parses a header of version 1.
   *
   * @param size of the container, in bytes
   */
  static LuksHeader parse(ByteBuffer bytes, long size) throws NbdException {
    bytes.position(MAGIC.length + Short.BYTES);
    String cipher = text(bytes);
    String mode = text(bytes);
    String hash = text(bytes);
    long payload = (bytes.getInt() & 0xffff_ffffL) * SECTOR;
    int keyLength = bytes.getInt();
    byte[] digest = take(bytes, DIGEST);
    byte[] digestSalt = take(bytes, SALT);
    long digestIterations = bytes.getInt() & 0xffff_ffffL;
    bytes.position(bytes.position() + UUID);
    List<KeySlot> slots = new ArrayList<>();
    for (int i = 0; i < KeySlot.COUNT; i++) {
      slots.add(KeySlot.read(i, bytes));
    }
    LuksHeader header =
        new LuksHeader(
            cipher,
            mode,
            hash,
            payload,
            keyLength,
            digest,
            digestSalt,
            digestIterations,
            List.copyOf(slots));
    header.check(size);
    return header;
  }

  private static String text(ByteBuffer bytes) {
    String text = new String(take(bytes, TEXT), StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  private static byte[] take(ByteBuffer bytes, int length) {
    byte[] taken = new byte[length];
    bytes.get(taken);
    return taken;
  }

  private void check(long size) throws NbdException {
    if (payload == 0) {
      throw refused("the LUKS header is apart from its disk, which is not served");
    }
    checkIs(payload >= LENGTH && payload <= size, "the disk at " + payload + " is not in it");
    checkIs(keyLength > 0 && keyLength <= LONGEST_KEY, "its key has " + keyLength + " bytes");
    checkIs(digestIterations > 0, "the master key has 0 iterations");
    long all = 0;
    for (KeySlot slot : slots) {
      if (slot.active()) {
        all += slot.iterations() + digestIterations;
        long length = slot.stripes() * keyLength;
        boolean fits = slot.stripes() > 0 && length <= LONGEST_STRIPES;
        checkIs(fits, "key slot " + slot.number() + " has " + slot.stripes() + " stripes");
        checkIs(
            slot.offset() >= LENGTH && slot.offset() <= size - sectors(length),
            "key slot " + slot.number() + " at " + slot.offset() + " is not in it");
        checkIs(slot.iterations() > 0, "key slot " + slot.number() + " has 0 iterations");
      }
    }
    if (all > MAX_ITERATIONS) {
      throw refused(
          "the key slots of the LUKS container need "
              + all
              + " iterations together, more than are done here ("
              + MAX_ITERATIONS
              + ")");
    }
  }

  private LuksMetadata metadata() {
    Kdf digestKdf = new Kdf.Pbkdf2(hash, digestSalt, digestIterations);
    List<LuksMetadata.Slot> used = new ArrayList<>();
    for (KeySlot slot : slots) {
      if (slot.active()) {
        Kdf kdf = new Kdf.Pbkdf2(hash, slot.salt(), slot.iterations());
        KeyArea area =
            new KeyArea(
                kdf, cipher, mode, keyLength, slot.offset(), slot.stripes(), hash, keyLength);
        used.add(new LuksMetadata.Slot(area, new KeyDigest(digestKdf, digest)));
      }
    }
    Segment segment = new Segment(cipher, mode, SECTOR, payload, Long.MAX_VALUE, 0);
    return new LuksMetadata(segment, keyLength, List.copyOf(used));
  }

  /** Rounds a length up to whole sectors. */
  static long sectors(long length) {
    return Alignment.roundUp(length, SECTOR);
  }

  static void checkIs(boolean right, String how) throws NbdException {
    if (!right) {
      throw refused("the LUKS header is damaged: " + how);
    }
  }

  static NbdException refused(String message) {
    return new NbdException(NbdError.EINVAL, message);
  }
}
