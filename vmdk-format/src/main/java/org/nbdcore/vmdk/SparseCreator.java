package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes the headers and tables of new, empty sparse extents, as the specification and VMware's
 * products lay them out.
 */
final class SparseCreator {
  /** Number of sectors for an embedded descriptor. */
  static final int DESCRIPTOR_ROOM = 20;

  private static final int GRAIN = 128; // sectors
  private static final int TABLE_ENTRIES = 512;
  private static final int TABLE_SECTORS = TABLE_ENTRIES * Integer.BYTES / SparseHeader.SECTOR;
  private static final byte[] NEWLINES = "\n \r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int NEWLINE_TEST = 1;
  private static final int REDUNDANT = 1 << 1;
  private static final int ZEROED_GRAINS = 1 << 2;
  private static final int COMPRESSED = 1 << 16;
  private static final int MARKERS = 1 << 17;
  private static final short DEFLATE = 1;

  private static final int COWD_GRAIN = 1; // sectors
  private static final int COWD_FLAGS = 3;
  private static final int COWD_GENERATION = 1060;

  private SparseCreator() {}

  /**
   * Creates a hosted sparse extent with all its tables and their copies.
   *
   * @param descriptor the descriptor to embed; null for none
   * @param zeroedGrains whether grains may be marked as zeroes, which requires version 2
   */
  static void hosted(OpenFile file, long sectors, String descriptor, boolean zeroedGrains)
      throws IOException {
    int tables = Math.toIntExact(divideUp(sectors, (long) GRAIN * TABLE_ENTRIES));
    long directorySectors = divideUp((long) tables * Integer.BYTES, SparseHeader.SECTOR);
    long redundant = 1 + (descriptor == null ? 0 : DESCRIPTOR_ROOM);
    long directory = redundant + directorySectors + (long) tables * TABLE_SECTORS;
    long end = directory + directorySectors + (long) tables * TABLE_SECTORS;
    long overhead = divideUp(end, GRAIN) * GRAIN;
    ByteBuffer header =
        header(
            zeroedGrains ? 2 : 1,
            NEWLINE_TEST | REDUNDANT | (zeroedGrains ? ZEROED_GRAINS : 0),
            sectors,
            descriptor == null ? 0 : DESCRIPTOR_ROOM);
    header.putInt(TABLE_ENTRIES).putLong(redundant).putLong(directory).putLong(overhead);
    file.truncate(overhead * SparseHeader.SECTOR);
    writeDirectory(file, redundant, tables, directorySectors);
    writeDirectory(file, directory, tables, directorySectors);
    writeDescriptor(file, descriptor);
    write(file, newlines(header, (short) 0), 0);
  }

  /** Creates an empty stream of compressed grains. */
  static void stream(OpenFile file, long sectors, String descriptor) throws IOException {
    ByteBuffer header = streamHeader(sectors, SparseHeader.AT_END);
    file.truncate((long) GRAIN * SparseHeader.SECTOR);
    writeDescriptor(file, descriptor);
    write(file, header, 0);
  }

  /**
   * Builds the header or footer of a stream.
   *
   * @param directory sector of the grain directory, or the value that refers to the footer
   */
  static ByteBuffer streamHeader(long sectors, long directory) {
    ByteBuffer header = header(3, NEWLINE_TEST | COMPRESSED | MARKERS, sectors, DESCRIPTOR_ROOM);
    header.putInt(TABLE_ENTRIES).putLong(0).putLong(directory).putLong(GRAIN);
    return newlines(header, DEFLATE);
  }

  /** Creates an ESX sparse extent. Its tables are created when they are needed. */
  static void cowd(OpenFile file, long sectors) throws IOException {
    int tables = Math.toIntExact(divideUp(sectors, (long) COWD_GRAIN * CowdHeader.TABLE_ENTRIES));
    long directorySectors = divideUp((long) tables * Integer.BYTES, SparseHeader.SECTOR);
    long free = CowdHeader.SECTORS + directorySectors;
    ByteBuffer header = littleEndian(CowdHeader.SECTORS * SparseHeader.SECTOR);
    header.putInt(SparseHeader.COWD_MAGIC).putInt(1).putInt(COWD_FLAGS).putInt((int) sectors);
    header.putInt(COWD_GRAIN).putInt(CowdHeader.SECTORS).putInt(tables).putInt((int) free);
    header.putInt(COWD_GENERATION, 1);
    file.truncate(free * SparseHeader.SECTOR);
    write(file, header.position(header.capacity()), 0);
  }

  private static ByteBuffer header(int version, int flags, long sectors, int descriptorRoom) {
    ByteBuffer header = littleEndian(SparseHeader.SECTOR);
    header.putInt(SparseHeader.MAGIC).putInt(version).putInt(flags);
    header.putLong(sectors).putLong(GRAIN);
    return header.putLong(descriptorRoom == 0 ? 0 : 1).putLong(descriptorRoom);
  }

  private static ByteBuffer newlines(ByteBuffer header, short algorithm) {
    header.put((byte) 0).put(NEWLINES).putShort(algorithm); // 0: closed cleanly
    return header.position(header.capacity());
  }

  private static void writeDirectory(OpenFile file, long directory, int tables, long sectors)
      throws IOException {
    ByteBuffer entries = littleEndian(tables * Integer.BYTES);
    for (int i = 0; i < tables; i++) {
      entries.putInt((int) (directory + sectors + (long) i * TABLE_SECTORS));
    }
    write(file, entries, directory * SparseHeader.SECTOR);
  }

  private static void writeDescriptor(OpenFile file, String descriptor) throws IOException {
    if (descriptor != null) {
      byte[] text = descriptor.getBytes(StandardCharsets.UTF_8);
      if (text.length > DESCRIPTOR_ROOM * SparseHeader.SECTOR) {
        throw VmdkException.bad(
            file.location(),
            "the new descriptor",
            text.length + " bytes",
            "at most " + DESCRIPTOR_ROOM * SparseHeader.SECTOR + " (shorten its file names)");
      }
      write(file, ByteBuffer.wrap(text).position(text.length), SparseHeader.SECTOR);
    }
  }

  private static void write(OpenFile file, ByteBuffer filled, long position) throws IOException {
    ByteBuffer bytes = filled.flip();
    file.write(bytes, bytes.remaining(), position);
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long divideUp(long dividend, long divisor) {
    return (dividend + divisor - 1) / divisor;
  }
}
