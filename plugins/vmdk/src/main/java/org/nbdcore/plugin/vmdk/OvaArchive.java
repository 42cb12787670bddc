package org.nbdcore.plugin.vmdk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.nbdcore.vmdk.FileLocation;
import org.nbdcore.vmdk.OpenFile;

/** An OVA: a tar file with a virtual machine and its disks. Its entries are read in place. */
final class OvaArchive implements Closeable {
  private static final int MAGIC_OFFSET = 257;
  private static final int MAGIC_LENGTH = 5;
  private static final String MAGIC = "ustar";

  private final OpenFile file;
  private final Map<String, TarArchiveEntry> entries = new LinkedHashMap<>();

  private OvaArchive(OpenFile file) {
    this.file = file;
  }

  /** True if the file starts like an OVA. */
  static boolean isArchive(OpenFile file) throws IOException {
    if (file.size() < MAGIC_OFFSET + MAGIC_LENGTH) {
      return false;
    }
    ByteBuffer magic = ByteBuffer.allocate(MAGIC_LENGTH);
    file.read(magic, MAGIC_LENGTH, MAGIC_OFFSET);
    return new String(magic.array(), StandardCharsets.US_ASCII).equals(MAGIC);
  }

  /**
   * Reads the headers of all entries.
   *
   * @param file closed with the archive, also if this fails
   */
  static OvaArchive read(OpenFile file) throws IOException {
    OvaArchive archive = new OvaArchive(file);
    try (TarFile tar = new TarFile(new OpenFileChannel(file))) {
      for (TarArchiveEntry entry : tar.getEntries()) {
        archive.entries.putIfAbsent(entry.getName(), entry);
      }
      return archive;
    } catch (IOException | RuntimeException e) { // the library throws both for damaged files
      file.close();
      throw new IOException(file.location() + ": is not a valid OVA: " + e.getMessage(), e);
    }
  }

  /** The names of the disks, in the order of the archive. */
  List<String> disks() {
    return entries.keySet().stream()
        .filter(name -> name.toLowerCase(Locale.ROOT).endsWith(".vmdk"))
        .toList();
  }

  /** An entry, whether it exists or not. */
  FileLocation location(String name) {
    return new Location(name);
  }

  private final class Location extends ReadOnlyLocation {
    private final String name;

    private Location(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return lastPart(name);
    }

    /**
     * Resolves a name beside the entry, or without a folder, because OVAs usually have no folders.
     */
    @Override
    public FileLocation sibling(String sibling) {
      String folder = name.substring(0, name.lastIndexOf('/') + 1);
      return new Location(folder + lastPart(sibling));
    }

    @Override
    public boolean exists() {
      return entries.containsKey(name);
    }

    @Override
    public Object key() throws IOException {
      return entry().getName();
    }

    private TarArchiveEntry entry() throws NoSuchFileException {
      TarArchiveEntry entry = entries.get(name);
      if (entry == null) {
        throw new NoSuchFileException(toString());
      }
      return entry;
    }

    @Override
    OpenFile open() throws IOException {
      TarArchiveEntry entry = entry();
      if (!entry.isFile() || entry.isSparse()) {
        throw new IOException(
            this + ": is not a regular file in the OVA, or is stored as a sparse file");
      }
      long start = entry.getDataOffset();
      long size = entry.getSize();
      if (size < 0 || start > file.size() || size > file.size() - start) {
        throw new IOException(
            this
                + ": has "
                + size
                + " bytes from byte "
                + start
                + " of the OVA, which ends at byte "
                + file.size()
                + " (was it cut off?)");
      }
      return new Entry(this, start, size);
    }

    @Override
    public String toString() {
      return file.location() + "(" + name + ")";
    }
  }

  /** A range of the archive. */
  private final class Entry extends ReadOnlyFile {
    private final long start;

    private Entry(FileLocation location, long start, long size) {
      super(location, size);
      this.start = start;
    }

    @Override
    public void read(ByteBuffer dst, int n, long position) throws IOException {
      if (n > size() - position) {
        throw new IOException(location() + ": ends before byte " + (position + n));
      }
      file.read(dst, n, start + position);
    }

    /** The archive stays open for others. */
    @Override
    public void close() {}
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
