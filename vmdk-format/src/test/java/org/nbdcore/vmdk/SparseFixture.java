package org.nbdcore.vmdk;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.Deflater;

/**
 * Builds hosted sparse extents by hand. The defaults make a small monolithicSparse disk; tests may
 * set fields to valid or invalid values before {@link #build}.
 */
final class SparseFixture {
  static final int SECTOR = 512;
  private static final int DESCRIPTOR_SECTORS = 4;

  int version = 1;
  int extraFlags;
  long capacity = 64;
  long grainSize = 8;
  int tableEntries = 4;
  boolean redundant = true;
  boolean compressed;
  boolean footer;
  String descriptor;
  final Map<Long, byte[]> grains = new LinkedHashMap<>(); // stored in the order of insertion
  final Set<Long> zeroed = new HashSet<>();

  // Offsets in bytes of the parts of the image, for tests that damage them.
  long directoryOffset;
  long redundantOffset;
  final Map<Long, Long> entryOffsets = new LinkedHashMap<>();
  final Map<Long, Long> redundantEntryOffsets = new LinkedHashMap<>();
  final Map<Long, Long> grainOffsets = new LinkedHashMap<>();
  long footerOffset;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  static SparseFixture monolithic(long capacity) {
    SparseFixture fixture = new SparseFixture();
    fixture.capacity = capacity;
    fixture.descriptor = descriptor("monolithicSparse", "RW " + capacity + " SPARSE \"disk.vmdk\"");
    return fixture;
  }

  static SparseFixture stream(long capacity) {
    SparseFixture fixture = new SparseFixture();
    fixture.capacity = capacity;
    fixture.version = 3;
    fixture.redundant = false;
    fixture.compressed = true;
    fixture.footer = true;
    fixture.descriptor =
        descriptor("streamOptimized", "RDONLY " + capacity + " SPARSE \"disk.vmdk\"");
    return fixture;
  }

  static String descriptor(String createType, String... extents) {
    return "# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\""
        + createType
        + "\"\n\n# Extent description\n"
        + String.join("\n", extents)
        + "\n\n# The Disk Data Base\n#DDB\n\nddb.adapterType = \"lsilogic\"\n";
  }

  int grainBytes() {
    return (int) grainSize * SECTOR;
  }

  /**
   * Stores a grain of bytes that are all {@code value}, but for its first, which is the grain's
   * number.
   */
  SparseFixture grain(long number, int value) {
    byte[] data = new byte[grainBytes()];
    Arrays.fill(data, (byte) value);
    data[0] = (byte) number;
    grains.put(number, data);
    return this;
  }

  SparseFixture zeroed(long number) {
    zeroed.add(number);
    extraFlags |= 1 << 2;
    version = Math.max(version, 2);
    return this;
  }

  /** The content of the disk without a parent. */
  byte[] content() {
    byte[] content = new byte[(int) capacity * SECTOR];
    grains.forEach(
        (number, data) -> {
          int at = (int) (number * grainBytes());
          System.arraycopy(data, 0, content, at, Math.min(data.length, content.length - at));
        });
    return content;
  }

  Path write(Path file) throws IOException {
    return Files.write(file, build());
  }

  byte[] build() throws IOException {
    out.write(new byte[(1 + DESCRIPTOR_SECTORS) * SECTOR]);
    if (compressed) {
      buildStream();
    } else {
      buildPlain();
    }
    byte[] image = out.toByteArray();
    if (descriptor != null) {
      byte[] text = descriptor.getBytes(StandardCharsets.UTF_8);
      System.arraycopy(text, 0, image, SECTOR, text.length);
    }
    System.arraycopy(header(footer ? -1 : directoryOffset / SECTOR), 0, image, 0, SECTOR);
    return image;
  }

  private void buildPlain() throws IOException {
    long tablesBytes = tables() * align(tableEntries * 4L);
    long directoryBytes = align(tables() * 4L);
    redundantOffset = redundant ? out.size() : 0;
    long redundantTables = redundantOffset + directoryBytes;
    directoryOffset = redundant ? redundantTables + tablesBytes : out.size();
    long firstTable = directoryOffset + directoryBytes;
    long at = firstTable + tablesBytes;
    for (long number : grains.keySet()) {
      grainOffsets.put(number, at);
      at += grainBytes();
    }
    if (redundant) {
      writeDirectory(redundantTables);
      writeTables(redundantEntryOffsets);
    }
    writeDirectory(firstTable);
    writeTables(entryOffsets);
    for (byte[] data : grains.values()) {
      out.write(data);
    }
  }

  private void buildStream() throws IOException {
    for (Map.Entry<Long, byte[]> each : grains.entrySet()) {
      grainOffsets.put(each.getKey(), (long) out.size());
      byte[] packed = deflate(each.getValue());
      out.write(le(12).putLong(each.getKey() * grainSize).putInt(packed.length).array());
      out.write(packed);
      pad();
    }
    out.write(marker(align(tableEntries * 4L) / SECTOR, 1));
    long firstTable = out.size();
    writeTables(entryOffsets);
    out.write(marker(align(tables() * 4L) / SECTOR, 2));
    directoryOffset = out.size();
    writeDirectory(firstTable);
    if (footer) {
      out.write(marker(1, 3));
      footerOffset = out.size();
      out.write(header(directoryOffset / SECTOR));
      out.write(marker(0, 0));
    }
  }

  private void writeDirectory(long firstTable) throws IOException {
    ByteBuffer bytes = le((int) align(tables() * 4L));
    for (int i = 0; i < tables(); i++) {
      bytes.putInt((int) ((firstTable + i * align(tableEntries * 4L)) / SECTOR));
    }
    out.write(bytes.array());
  }

  private void writeTables(Map<Long, Long> positions) throws IOException {
    int tableBytes = (int) align(tableEntries * 4L);
    long first = out.size();
    ByteBuffer bytes = le((int) tables() * tableBytes);
    for (long grain = 0; grain < tables() * tableEntries; grain++) {
      int at = (int) (grain / tableEntries * tableBytes + grain % tableEntries * 4);
      positions.put(grain, first + at);
      long offset = grainOffsets.getOrDefault(grain, 0L);
      bytes.putInt(at, zeroed.contains(grain) ? 1 : (int) (offset / SECTOR));
    }
    out.write(bytes.array());
  }

  private long tables() {
    long covered = grainSize * tableEntries;
    return (capacity + covered - 1) / covered;
  }

  byte[] header(long directory) {
    int flags = 1 | extraFlags | (redundant ? 2 : 0) | (compressed ? 3 << 16 : 0);
    ByteBuffer bytes = le(SECTOR);
    bytes.put("KDMV".getBytes(StandardCharsets.US_ASCII)).putInt(version).putInt(flags);
    bytes.putLong(capacity).putLong(grainSize);
    bytes.putLong(descriptor == null ? 0 : 1).putLong(descriptor == null ? 0 : DESCRIPTOR_SECTORS);
    bytes.putInt(tableEntries).putLong(redundantOffset / SECTOR).putLong(directory).putLong(128);
    bytes.put((byte) 0).put("\n \r\n".getBytes(StandardCharsets.US_ASCII));
    bytes.putShort((short) (compressed ? 1 : 0));
    return bytes.array();
  }

  private static byte[] marker(long sectors, int type) {
    return le(SECTOR).putLong(sectors).putInt(0).putInt(type).array();
  }

  static byte[] deflate(byte[] data) {
    Deflater deflater = new Deflater();
    try {
      deflater.setInput(data);
      deflater.finish();
      byte[] packed = new byte[data.length + 1024];
      int length = deflater.deflate(packed);
      return Arrays.copyOf(packed, length);
    } finally {
      deflater.end();
    }
  }

  private void pad() {
    while (out.size() % SECTOR != 0) {
      out.write(0);
    }
  }

  private static long align(long bytes) {
    return (bytes + SECTOR - 1) / SECTOR * SECTOR;
  }

  static ByteBuffer le(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
