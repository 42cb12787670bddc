package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Turns the extent lines of one descriptor into a {@link Link}. */
final class ExtentOpener {
  private final DescriptorSource source;
  private final Path descriptorFile;
  private final OpenFiles files;
  private final Shared shared;
  private final List<Extent> extents = new ArrayList<>();
  private final List<VmdkExtentInfo> infos = new ArrayList<>();

  ExtentOpener(DescriptorSource source, OpenFiles files, Shared shared) {
    this.source = source;
    this.descriptorFile = source.descriptor().file();
    this.files = files;
    this.shared = shared;
  }

  /**
   * @param parent what shows through the link's holes; null if nothing does
   */
  Link open(Link parent) throws IOException {
    List<ExtentLine> lines = source.descriptor().extents();
    if (lines.isEmpty() || (source.embedded() && lines.size() > 1)) {
      String expected = source.embedded() ? "one, the file itself" : "at least one";
      throw VmdkException.bad(descriptorFile, "the number of extents", lines.size(), expected);
    }
    long start = 0;
    for (ExtentLine line : lines) {
      if (line.length() > Long.MAX_VALUE - start) {
        throw VmdkException.bad(
            descriptorFile, "the sum of the extents", "more than 2^63 bytes", "less");
      }
      if (line.sectors() > 0) {
        extents.add(open(line, new Below(parent, start)));
      }
      start += line.length();
    }
    return new Link(extents);
  }

  List<VmdkExtentInfo> infos() {
    return List.copyOf(infos);
  }

  private Extent open(ExtentLine line, Below below) throws IOException {
    if (line.access().equals("NOACCESS")) {
      infos.add(info(line, null, 0, false));
      return new NoAccessExtent(descriptorFile, line.length());
    }
    return switch (line.type()) {
      case "ZERO" -> zero(line);
      case "FLAT", "VMFS" -> flat(line);
      case "SPARSE" -> sparse(line, below);
      case "VMFSSPARSE" -> throw SparseHeader.cowd(descriptorFile);
      default ->
          throw VmdkException.bad(
              descriptorFile,
              "an extent's type",
              line.type(),
              "FLAT, VMFS, SPARSE or ZERO (others are not supported)");
    };
  }

  private Extent zero(ExtentLine line) {
    infos.add(info(line, null, 0, false));
    return new ZeroExtent(line.length());
  }

  private Extent flat(ExtentLine line) throws IOException {
    Path path = path(line);
    DataFile file = openFile(path);
    infos.add(info(line, path, 0, false));
    return new FlatExtent(
        file, files.holes(path), line.offset() * SparseHeader.SECTOR, line.length());
  }

  private Extent sparse(ExtentLine line, Below below) throws IOException {
    // A disk in one file may have been renamed since its descriptor was written, so the name there
    // does not count.
    Path path = source.embedded() ? descriptorFile : path(line);
    DataFile file = openFile(path);
    SparseHeader header = header(file);
    if (header.capacity() < line.sectors()) {
      throw VmdkException.bad(
          path,
          "capacity",
          header.capacity() + " sectors",
          line.sectors() + ", as the descriptor says");
    }
    GrainMap map = new GrainMap(file, header, shared.pages());
    long grainBytes = header.grainBytes();
    infos.add(info(line, path, grainBytes, header.compressed()));
    return header.compressed()
        ? new CompressedExtent(file, map, below, grainBytes, line.length(), shared)
        : new SparseExtent(file, map, below, grainBytes, line.length());
  }

  private static SparseHeader header(DataFile file) throws IOException {
    SparseHeader header = SparseHeader.read(file, 0);
    if (!header.directoryAtEnd()) {
      return header;
    }
    // Written as a stream: the last two sectors are the footer, a header that knows the place, and
    // an end marker.
    SparseHeader footer = SparseHeader.read(file, file.size() - 2 * SparseHeader.SECTOR);
    if (footer.directoryAtEnd()) {
      throw VmdkException.bad(file.path(), "gdOffset in the footer", "-1", "a sector of the file");
    }
    return footer;
  }

  private Path path(ExtentLine line) throws VmdkException {
    if (line.fileName() == null) {
      throw VmdkException.bad(
          descriptorFile, "a " + line.type() + " extent's file name", "missing", "one in quotes");
    }
    try {
      return descriptorFile.resolveSibling(line.fileName());
    } catch (InvalidPathException e) {
      throw new VmdkException(
          descriptorFile
              + ": extent file name '"
              + line.fileName()
              + "' is none on this system: "
              + e.getReason(),
          e);
    }
  }

  private DataFile openFile(Path path) throws IOException {
    try {
      return files.open(path);
    } catch (NoSuchFileException e) {
      throw new VmdkException(descriptorFile + ": its extent file " + path + " does not exist", e);
    }
  }

  private static VmdkExtentInfo info(
      ExtentLine line, Path path, long grainBytes, boolean compressed) {
    long fileOffset = line.offset() * SparseHeader.SECTOR;
    return new VmdkExtentInfo(
        line.access(), line.length(), line.type(), path, fileOffset, grainBytes, compressed);
  }
}
