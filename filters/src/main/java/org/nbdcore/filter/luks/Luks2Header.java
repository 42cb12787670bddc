package org.nbdcore.filter.luks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Map;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.BlockDeviceInputStream;
import org.nbdcore.spi.helpers.UnalignedReader;

/**
 * Reads the header of a LUKS container of version 2: a binary part with a checksum, and JSON. There
 * are two copies. The second is used if the first is damaged.
 */
final class Luks2Header {

  /** The length of the binary part, in bytes. */
  static final int LENGTH = 4096;

  private static final byte[] SECOND_MAGIC = {'S', 'K', 'U', 'L', (byte) 0xba, (byte) 0xbe};
  private static final int SIZE = 8; // offset of the field with the length of a complete copy
  private static final int CHECKSUM_ALGORITHM = 72;
  private static final int CHECKSUM = 448;
  private static final int CHECKSUM_LENGTH = 64;

  /** A whole copy is from 16 KiB to 4 MiB long, always a power of two. */
  private static final int SMALLEST = 1 << 14;

  private static final int LARGEST = 1 << 22;

  private Luks2Header() {}

  /**
   * Reads and parses the header.
   *
   * @throws NbdException if both copies are damaged
   */
  static LuksMetadata read(BlockDevice container) throws IOException {
    long size = BlockDeviceInputStream.readable(container);
    byte[] copy = copy(container, 0, size, LuksHeader.MAGIC);
    for (long at = SMALLEST; copy == null && at <= LARGEST; at *= 2) {
      copy = copy(container, at, size, SECOND_MAGIC);
    }
    if (copy == null) {
      throw LuksHeader.refused("the LUKS header is damaged: no copy of it has a right checksum");
    }
    int end = LENGTH;
    while (end < copy.length && copy[end] != 0) {
      end++;
    }
    String json = new String(copy, LENGTH, end - LENGTH, StandardCharsets.UTF_8);
    Map<?, ?> values = JsonReader.object(json);
    return new Luks2Metadata(new JsonObject("", values), size).parse();
  }

  /** Returns a complete copy, or null if it is damaged. */
  private static byte[] copy(BlockDevice container, long at, long size, byte[] magic)
      throws IOException {
    if (at + SMALLEST > size) {
      return null;
    }
    UnalignedReader reader = new UnalignedReader(container);
    ByteBuffer binary = reader.read(at, LENGTH);
    long length = binary.getLong(SIZE);
    if (!binary.slice(0, magic.length).equals(ByteBuffer.wrap(magic))
        || length < SMALLEST
        || length > LARGEST
        || at + length > size) {
      return null;
    }
    byte[] copy = new byte[(int) length];
    reader.read(at, copy.length).get(copy);
    byte[] stored = Arrays.copyOfRange(copy, CHECKSUM, CHECKSUM + CHECKSUM_LENGTH);
    byte[] cleared = copy.clone();
    Arrays.fill(cleared, CHECKSUM, CHECKSUM + CHECKSUM_LENGTH, (byte) 0);
    byte[] computed = checksum(cleared);
    return MessageDigest.isEqual(computed, Arrays.copyOf(stored, computed.length)) ? copy : null;
  }

  private static byte[] checksum(byte[] copy) throws NbdException {
    int end = CHECKSUM_ALGORITHM;
    while (copy[end] != 0 && end < CHECKSUM_ALGORITHM + 32) {
      end++;
    }
    String name =
        new String(copy, CHECKSUM_ALGORITHM, end - CHECKSUM_ALGORITHM, StandardCharsets.ISO_8859_1);
    try {
      return MessageDigest.getInstance(
              switch (name) {
                case "sha256" -> "SHA-256";
                case "sha512" -> "SHA-512";
                case "sha1" -> "SHA-1";
                default -> name;
              })
          .digest(copy);
    } catch (NoSuchAlgorithmException e) {
      throw LuksHeader.refused(
          "the checksum of the LUKS header must be sha1, sha256 or sha512, not '" + name + "'");
    }
  }
}
