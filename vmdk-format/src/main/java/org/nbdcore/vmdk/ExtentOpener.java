package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Turns the extent lines of one descriptor into a {@link Link}. */
final class ExtentOpener {
  private final DescriptorSource source;
  private final FileLocation descriptorFile;
  private final OpenFiles files;
  private final Shared shared;
  private final Consumer<String> warnings;
  private final List<Extent> extents = new ArrayList<>();
  private final List<VmdkExtentInfo> infos = new ArrayList<>();
  private final boolean writable;
  private final List<ExtentWriter> writers = new ArrayList<>(); // empty if not writable

  /** The files that are written, and whether the extent in them grows. */
  private final Map<OpenFile, Boolean> written = new HashMap<>();

  ExtentOpener(
      DescriptorSource source,
      OpenFiles files,
      Shared shared,
      Consumer<String> warnings,
      boolean writable) {
    this.warnings = warnings;
    this.writable = writable;
    this.source = source;
    this.descriptorFile = source.descriptor().file();
    this.files = files;
    this.shared = shared;
  }

  /**
   * @param parent the parent, which supplies the contents of holes; null if there is none
   */
  Link open(Link parent) throws IOException {
    List<ExtentLine> lines = source.descriptor().extents();
    if (lines.isEmpty()) {
      throw VmdkException.bad(descriptorFile, "the number of extents", 0, "at least one");
    }
    ExtentLine own = source.embedded() ? own(lines) : null;
    long start = 0;
    for (ExtentLine line : lines) {
      if (line.length() > Long.MAX_VALUE - start) {
        throw VmdkException.bad(
            descriptorFile, "the sum of the extents", "more than 2^63 bytes", "less");
      }
      if (line.sectors() > 0) {
        extents.add(openNaming(line, line == own, new Backing(parent, start)));
      }
      start += line.length();
    }
    return new Link(extents);
  }

  /** Returns the extents to write. Only for a link that was opened for writing. */
  DiskWriter writer() throws IOException {
    List<Long> lengths = extents.stream().map(Extent::length).toList();
    OpenFile file = files.openWritable(descriptorFile);
    if (!source.embedded() && written.containsKey(file)) {
      throw new ReadOnlyDiskException(
          descriptorFile + ": is one of its own extents, so it cannot be written");
    }
    ContentId id = new ContentId(file, source.start(), source.room(), source.embedded());
    return new DiskWriter(new LinkWriter(writers, lengths), id);
  }

  List<VmdkExtentInfo> infos() {
    return List.copyOf(infos);
  }

  /**
   * Finds the extent that contains the embedded descriptor: the one of that name or, if the file
   * may have been renamed since, the first one.
   */
  private ExtentLine own(List<ExtentLine> lines) {
    String name = descriptorFile.name();
    return lines.stream()
        .filter(line -> name.equals(line.fileName()))
        .findFirst()
        .orElse(lines.get(0));
  }

  /** Adds the descriptor's name to an error in an extent file. */
  private Extent openNaming(ExtentLine line, boolean own, Backing backing) throws IOException {
    try {
      return open(line, own, backing);
    } catch (VmdkException e) {
      throw e.ledTo("an extent of", descriptorFile);
    }
  }

  private Extent open(ExtentLine line, boolean own, Backing backing) throws IOException {
    if (line.access().equals("RDONLY")) {
      refuseWriting(line);
    }
    if (line.access().equals("NOACCESS")) {
      refuseWriting(line);
      infos.add(info(line, null, 0, false));
      return new NoAccessExtent(descriptorFile, line.length());
    }
    return switch (line.type()) {
      case "ZERO" -> zero(line);
      case "FLAT", "VMFS" -> flat(line);
      case "SPARSE" -> sparse(line, own, backing);
      case "VMFSSPARSE" -> esxSparse(line, backing);
      case "SESPARSE" -> seSparse(line, backing);
      default -> throw Refusals.extentType(descriptorFile, line);
    };
  }

  private void refuseWriting(ExtentLine line) throws ReadOnlyDiskException {
    if (writable) {
      throw new ReadOnlyDiskException(
          descriptorFile
              + ": has an extent "
              + line.access()
              + " "
              + line.type()
              + ", which cannot be written");
    }
  }

  private Extent zero(ExtentLine line) throws ReadOnlyDiskException {
    refuseWriting(line);
    infos.add(info(line, null, 0, false));
    return new ZeroExtent(line.length());
  }

  private Extent flat(ExtentLine line) throws IOException {
    FileLocation path = path(line);
    OpenFile file = openFile(path);
    infos.add(info(line, path, 0, false));
    FileHoles holes = files.holes(file, writable);
    long start = line.offset() * SparseHeader.SECTOR;
    if (writable) {
      claim(file, false);
      writers.add(new FlatWriter(file, holes, start));
    }
    return new FlatExtent(file, holes, start, line.length());
  }

  private Extent sparse(ExtentLine line, boolean own, Backing backing) throws IOException {
    FileLocation path = own ? descriptorFile : path(line);
    OpenFile file = openFile(path);
    SparseHeader header = SparseHeader.read(file, 0);
    if (writable && StreamFile.isNew(file, header)) {
      return stream(file, header, line);
    }
    if (header.directoryAtEnd()) {
      header = StreamFooter.find(file, header, warnings);
    }
    checkCapacity(path, header.capacity(), line);
    long grainBytes = header.grainBytes();
    infos.add(info(line, path, grainBytes, header.compressed()));
    if (writable) {
      refuseCompressed(file, header);
      return writable(file, TableLayout.of(path, header), backing, line.length());
    }
    if (!header.compressed()) {
      UncleanCheck.warn(file, TableLayout.SPARSE_UNCLEAN, warnings);
    }
    GrainMap map = new GrainMap(file, header, shared.pages());
    return header.compressed()
        ? new CompressedExtent(file, map, backing, grainBytes, line.length(), shared)
        : new SparseExtent(file, map, backing, grainBytes, line.length());
  }

  private Extent esxSparse(ExtentLine line, Backing backing) throws IOException {
    FileLocation path = path(line);
    OpenFile file = openFile(path);
    SparseHeader header = CowdHeader.read(file);
    checkCapacity(path, header.capacity(), line);
    infos.add(info(line, path, header.grainBytes(), false));
    if (writable) {
      return writable(file, CowdHeader.layout(file, header), backing, line.length());
    }
    UncleanCheck.warn(file, CowdHeader.UNCLEAN, warnings);
    GrainMap map = new GrainMap(file, header, shared.pages());
    return new SparseExtent(file, map, backing, header.grainBytes(), line.length());
  }

  private Extent writable(OpenFile file, TableLayout layout, Backing backing, long length)
      throws IOException {
    claim(file, true);
    TableDirectory directory = new TableDirectory(file, layout);
    boolean unclean = UncleanCheck.run(file, layout, directory, warnings);
    WritableSparseExtent extent =
        WritableSparseExtent.open(
            file, layout, directory, backing, length, files.tableCacheBytes(), unclean);
    writers.add(extent);
    return extent;
  }

  private Extent stream(OpenFile file, SparseHeader header, ExtentLine line) throws IOException {
    checkCapacity(file.location(), header.capacity(), line);
    claim(file, true);
    infos.add(info(line, file.location(), header.grainBytes(), true));
    StreamExtent extent = StreamExtent.open(file, header, line.length(), shared.decoders());
    writers.add(extent);
    return extent;
  }

  /**
   * Refuses to write a file that two extents use, because they would not notice each other's
   * changes.
   *
   * @param alone true if the extent must be the only one in the file
   */
  private void claim(OpenFile file, boolean alone) throws ReadOnlyDiskException {
    Boolean other = written.put(file, alone);
    if (other != null && (alone || other)) {
      throw new ReadOnlyDiskException(
          descriptorFile
              + ": names "
              + file.location()
              + " more than once, so it cannot be written");
    }
  }

  private static void refuseCompressed(OpenFile file, SparseHeader header)
      throws ReadOnlyDiskException {
    if (header.compressed()) {
      throw new ReadOnlyDiskException(
          file.location()
              + ": is a finished streamOptimized disk, so it cannot be written; convert it to"
              + " monolithicSparse first");
    }
  }

  private Extent seSparse(ExtentLine line, Backing backing) throws IOException {
    if (writable) {
      throw new ReadOnlyDiskException(
          descriptorFile + ": has a seSparse extent, which can be read but not written");
    }
    FileLocation path = path(line);
    OpenFile file = openFile(path);
    SeSparseHeader header = SeSparseHeader.read(file);
    checkCapacity(path, header.capacity(), line);
    SeSparseMap map = new SeSparseMap(file, header, shared.pages());
    infos.add(info(line, path, header.grainBytes(), false));
    return new SparseExtent(file, map, backing, header.grainBytes(), line.length());
  }

  private static void checkCapacity(FileLocation path, long capacity, ExtentLine line)
      throws VmdkException {
    if (capacity < line.sectors()) {
      throw VmdkException.bad(
          path, "capacity", capacity + " sectors", line.sectors() + ", as the descriptor says");
    }
  }

  private FileLocation path(ExtentLine line) throws IOException {
    if (line.fileName() == null) {
      throw VmdkException.bad(
          descriptorFile, "a " + line.type() + " extent's file name", "missing", "one in quotes");
    }
    Refusals.checkFileName(descriptorFile, "extent", line.fileName());
    return descriptorFile.sibling(line.fileName());
  }

  private OpenFile openFile(FileLocation path) throws IOException {
    try {
      return writable ? files.openWritable(path) : files.open(path);
    } catch (FileSystemException e) {
      throw VmdkException.cannotOpen(descriptorFile, "extent file", path, e);
    }
  }

  private static VmdkExtentInfo info(
      ExtentLine line, FileLocation path, long grainBytes, boolean compressed) {
    long fileOffset = line.offset() * SparseHeader.SECTOR;
    return new VmdkExtentInfo(
        line.access(), line.length(), line.type(), path, fileOffset, grainBytes, compressed);
  }
}
