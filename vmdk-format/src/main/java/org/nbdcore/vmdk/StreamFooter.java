package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * Finds the grain directory of an extent that was written as a stream. Its header cannot contain
 * the directory's offset, so the stream ends with a footer, a copy of the header that does. The
 * footer is the last sector but one. If data was appended or the end was cut off, this class
 * searches backwards from the end.
 */
final class StreamFooter {
  /** Maximum distance from the end of the file to search for a footer. */
  static final int MAX_SEARCH = 1 << 20;

  private static final int SECTOR = SparseHeader.SECTOR;
  private static final int DIRECTORY_MARKER = 2;

  private final OpenFile file;
  private final SparseHeader header;
  private final Consumer<String> warnings;

  private StreamFooter(OpenFile file, SparseHeader header, Consumer<String> warnings) {
    this.file = file;
    this.header = header;
    this.warnings = warnings;
  }

  /**
   * Returns the header to use: a footer or, if the footer is missing, the header with the offset of
   * the directory found.
   *
   * @param header the header at the file's start
   * @throws VmdkException if there is neither footer nor directory
   */
  static SparseHeader find(OpenFile file, SparseHeader header, Consumer<String> warnings)
      throws IOException {
    return new StreamFooter(file, header, warnings).find();
  }

  private SparseHeader find() throws IOException {
    long usual = file.size() - 2 * SECTOR;
    if (usual >= SECTOR && magic(usual) == SparseHeader.MAGIC) {
      SparseHeader footer = SparseHeader.read(file, usual);
      if (footer.directoryAtEnd()) {
        throw VmdkException.bad(
            file.location(), "gdOffset in the footer", "-1", "a sector of the file");
      }
      return footer;
    }
    return search();
  }

  private int magic(long position) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    file.read(bytes, Integer.BYTES, position);
    return bytes.getInt(0);
  }

  private SparseHeader search() throws IOException {
    long end = file.size() / SECTOR * SECTOR;
    long start = Math.max(SECTOR, end - MAX_SEARCH); // the header is not a footer
    ByteBuffer tail =
        ByteBuffer.allocate((int) Math.max(0, end - start)).order(ByteOrder.LITTLE_ENDIAN);
    file.read(tail, tail.capacity(), start);
    for (int at = tail.capacity() - SECTOR; at >= 0; at -= SECTOR) {
      if (tail.getInt(at) == SparseHeader.MAGIC) {
        SparseHeader footer = footer(start + at);
        if (footer != null) {
          return footer;
        }
      }
      if (isDirectoryMarker(tail, at)) {
        return directoryAfter(start + at);
      }
    }
    throw new VmdkException(
        file.location()
            + ": is a stream without an end: its last "
            + (end - start)
            + " bytes hold neither footer nor grain directory (was the file cut off?); get the file"
            + " again");
  }

  /** Returns null if the data only looks like a footer. */
  private SparseHeader footer(long position) throws IOException {
    SparseHeader found;
    try {
      found = SparseHeader.read(file, position);
    } catch (VmdkException e) {
      return null;
    }
    if (found.directoryAtEnd() || found.grainSize() != header.grainSize()) {
      return null;
    }
    warnings.accept(
        file.location()
            + ": its footer begins "
            + (file.size() - position)
            + " bytes before the end instead of 1024 (was something appended or cut off?)");
    return found;
  }

  private boolean isDirectoryMarker(ByteBuffer tail, int at) {
    long sectors = (header.directoryEntries() * Integer.BYTES + SECTOR - 1) / SECTOR;
    return tail.getInt(at + 12) == DIRECTORY_MARKER
        && tail.getInt(at + 8) == 0
        && tail.getLong(at) == sectors
        && sectors > 0
        && tail.capacity() - at - SECTOR >= header.directoryEntries() * Integer.BYTES;
  }

  private SparseHeader directoryAfter(long marker) {
    warnings.accept(
        file.location()
            + ": its footer is missing; the grain directory at byte "
            + (marker + SECTOR)
            + " is used (was the file cut off?)");
    return header.withDirectory(marker / SECTOR + 1);
  }
}
