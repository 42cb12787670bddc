package org.nbdcore.filter.indexedgzip;

import java.io.IOException;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.ZipException;
import org.nbdcore.spi.Session;

/**
 * Decompresses deflate data block by block (RFC 1951). It is used only to build the index, because
 * the JDK's inflater does not report where a block begins. For reads, the JDK's inflater is faster.
 */
final class BlockInflater {

  static final int WINDOW = 1 << 15;
  private static final int CAPACITY = 1 << 20;
  private static final int LONGEST = 258;
  private static final int END = 256;
  private static final int[] LENGTHS = new int[29]; // base << 4 | extra bits
  private static final int[] DISTANCES = new int[30];
  private static final int[] ORDER = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
  };

  static {
    for (int i = 0, base = 3; i < LENGTHS.length - 1; i++) {
      int extra = i < 8 ? 0 : i / 4 - 1;
      LENGTHS[i] = base << 4 | extra;
      base += 1 << extra;
    }
    LENGTHS[LENGTHS.length - 1] = LONGEST << 4;
    for (int i = 0, base = 1; i < DISTANCES.length; i++) {
      int extra = i < 4 ? 0 : i / 2 - 1;
      DISTANCES[i] = base << 4 | extra;
      base += 1 << extra;
    }
  }

  private final BitInput in;
  private final Session session;
  private final byte[] out = new byte[CAPACITY + LONGEST];
  private final int[] lengths = new int[288 + 32];
  private final HuffmanTable literals = new HuffmanTable();
  private final HuffmanTable distances = new HuffmanTable();
  private final CRC32 crc = new CRC32();
  private int position; // in out
  private int summed; // up to here, out is in the CRC
  private long before; // bytes of the stream that are not in out any more

  /** Decompresses {@code in}. Stops if the client of {@code session} disconnects. */
  BlockInflater(BitInput in, Session session) {
    this.in = in;
    this.session = session;
  }

  /** Starts a new stream. */
  void reset() {
    crc.reset();
    position = 0;
    summed = 0;
    before = 0;
  }

  /** The number of decompressed bytes of the stream. */
  long size() {
    return before + position;
  }

  /** The CRC-32 of these bytes. */
  int crc() {
    sum();
    return (int) crc.getValue();
  }

  private void sum() {
    crc.update(out, summed, position - summed);
    summed = position;
  }

  /** The last 32 KiB of the stream, or all of it. */
  byte[] window() {
    int length = Math.min(WINDOW, position);
    byte[] window = new byte[length];
    System.arraycopy(out, position - length, window, 0, length);
    return window;
  }

  /** Decompresses a block. Returns true if more blocks follow. */
  boolean next() throws IOException {
    boolean last = in.take(1) != 0;
    int type = in.take(2);
    switch (type) {
      case 0 -> stored();
      case 1 -> {
        fixed();
        codes();
      }
      case 2 -> {
        dynamic();
        codes();
      }
      default -> throw new ZipException("invalid block type " + type);
    }
    return !last;
  }

  private void makeRoom() throws IOException {
    if (position >= CAPACITY) {
      session.requireConnected();
      sum();
      int moved = position - WINDOW;
      System.arraycopy(out, moved, out, 0, WINDOW);
      position = WINDOW;
      summed = WINDOW;
      before += moved;
    }
  }

  private void stored() throws IOException {
    in.align();
    int length = in.take(Short.SIZE);
    if (in.take(Short.SIZE) != (~length & 0xffff)) {
      throw new ZipException("the length of a stored block is wrong");
    }
    while (length > 0) {
      makeRoom();
      int part = Math.min(length, CAPACITY - position);
      in.take(out, position, part);
      position += part;
      length -= part;
    }
  }

  private void fixed() throws IOException {
    for (int i = 0; i < 288; i++) {
      lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    }
    Arrays.fill(lengths, 288, 320, 5);
    literals.set(lengths, 0, 288, false);
    distances.set(lengths, 288, 32, false);
  }

  private void dynamic() throws IOException {
    int literalCodes = in.take(5) + 257;
    int distanceCodes = in.take(5) + 1;
    int codes = in.take(4) + 4;
    if (literalCodes > 286 || distanceCodes > 30) {
      throw new ZipException("a block has too many symbols");
    }
    int[] ordered = new int[ORDER.length];
    for (int i = 0; i < codes; i++) {
      ordered[ORDER[i]] = in.take(3);
    }
    distances.set(ordered, 0, ordered.length, false); // needed only until the lengths are read
    readLengths(literalCodes + distanceCodes);
    if (lengths[END] == 0) {
      throw new ZipException("a block has no code for its end");
    }
    literals.set(lengths, 0, literalCodes, true);
    distances.set(lengths, literalCodes, distanceCodes, true);
  }

  private void readLengths(int count) throws IOException {
    for (int i = 0; i < count; ) {
      int symbol = symbol(distances);
      int repeat = 1;
      int value = symbol;
      if (symbol == 16) {
        repeat = 3 + in.take(2);
        if (i == 0) {
          throw new ZipException("the lengths of codes begin with a repetition");
        }
        value = lengths[i - 1];
      } else if (symbol > 16) {
        repeat = symbol == 17 ? 3 + in.take(3) : 11 + in.take(7);
        value = 0;
      }
      if (repeat > count - i) {
        throw new ZipException("too many code lengths");
      }
      Arrays.fill(lengths, i, i + repeat, value);
      i += repeat;
    }
  }

  private int symbol(HuffmanTable table) throws IOException {
    in.fill();
    int entry = table.entry(in.peek(table.mask()));
    if (entry == 0) {
      throw new ZipException("undefined code");
    }
    in.drop(entry & 15);
    return entry >>> 4;
  }

  /** Literals and repetitions, up to the end of the block. */
  private void codes() throws IOException {
    while (true) {
      int symbol = symbol(literals);
      if (symbol < END) {
        out[position++] = (byte) symbol;
        if (position >= CAPACITY) {
          makeRoom();
        }
      } else if (symbol == END) {
        return;
      } else {
        repeat(symbol - END - 1);
      }
    }
  }

  private void repeat(int index) throws IOException {
    if (index >= LENGTHS.length) {
      throw new ZipException("invalid length code");
    }
    int length = (LENGTHS[index] >>> 4) + in.take(LENGTHS[index] & 15);
    int code = symbol(distances);
    if (code >= DISTANCES.length) {
      throw new ZipException("invalid distance code");
    }
    int distance = (DISTANCES[code] >>> 4) + in.take(DISTANCES[code] & 15);
    if (distance > position) {
      throw new ZipException("a distance points before the start of the data");
    }
    if (distance >= length) {
      System.arraycopy(out, position - distance, out, position, length);
    } else {
      for (int i = position; i < position + length; i++) {
        out[i] = out[i - distance];
      }
    }
    position += length;
    makeRoom();
  }
}
