package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Turns the extent lines of one descriptor into a {@link Link}. */
final class ExtentOpener {
  private static final Pattern URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+://");

  private final DescriptorSource source;
  private final FileLocation descriptorFile;
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
        extents.add(open(line, line == own, new Below(parent, start)));
      }
      start += line.length();
    }
    return new Link(extents);
  }

  List<VmdkExtentInfo> infos() {
    return List.copyOf(infos);
  }

  /**
   * The extent that an embedded descriptor stands in: the one of that name or, as the file may have
   * been renamed since, the first one.
   */
  private ExtentLine own(List<ExtentLine> lines) {
    String name = descriptorFile.name();
    return lines.stream()
        .filter(line -> name.equals(line.fileName()))
        .findFirst()
        .orElse(lines.get(0));
  }

  private Extent open(ExtentLine line, boolean own, Below below) throws IOException {
    if (line.access().equals("NOACCESS")) {
      infos.add(info(line, null, 0, false));
      return new NoAccessExtent(descriptorFile, line.length());
    }
    return switch (line.type()) {
      case "ZERO" -> zero(line);
      case "FLAT", "VMFS" -> flat(line);
      case "SPARSE" -> sparse(line, own, below);
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
    FileLocation path = path(line);
    OpenFile file = openFile(path);
    infos.add(info(line, path, 0, false));
    return new FlatExtent(
        file, files.holes(file), line.offset() * SparseHeader.SECTOR, line.length());
  }

  private Extent sparse(ExtentLine line, boolean own, Below below) throws IOException {
    FileLocation path = own ? descriptorFile : path(line);
    OpenFile file = openFile(path);
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

  private static SparseHeader header(OpenFile file) throws IOException {
    SparseHeader header = SparseHeader.read(file, 0);
    if (!header.directoryAtEnd()) {
      return header;
    }
    // Written as a stream: the last two sectors are the footer, a header that knows the place, and
    // an end marker.
    SparseHeader footer = footer(file);
    if (footer.directoryAtEnd()) {
      throw VmdkException.bad(
          file.location(), "gdOffset in the footer", "-1", "a sector of the file");
    }
    return footer;
  }

  private static SparseHeader footer(OpenFile file) throws IOException {
    long place = file.size() - 2 * SparseHeader.SECTOR;
    ByteBuffer magic = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    if (place >= 0) {
      file.read(magic, Integer.BYTES, place);
    }
    if (magic.getInt(0) != SparseHeader.MAGIC) {
      throw new VmdkException(
          file.location()
              + ": is a stream whose footer is not where it must be, two sectors before the end, at"
              + " byte "
              + place
              + " (was the file cut off, or something added to it?)");
    }
    return SparseHeader.read(file, place);
  }

  private FileLocation path(ExtentLine line) throws IOException {
    if (line.fileName() != null && URL.matcher(line.fileName()).lookingAt()) {
      throw new VmdkException(
          descriptorFile
              + ": its extent '"
              + VmdkException.shortened(line.fileName())
              + "' is no file but an object of a vSAN or of a server; read the disk through vddk");
    }
    if (line.fileName() == null) {
      throw VmdkException.bad(
          descriptorFile, "a " + line.type() + " extent's file name", "missing", "one in quotes");
    }
    return descriptorFile.sibling(line.fileName());
  }

  private OpenFile openFile(FileLocation path) throws IOException {
    try {
      return files.open(path);
    } catch (NoSuchFileException e) {
      throw new VmdkException(descriptorFile + ": its extent file " + path + " does not exist", e);
    }
  }

  private static VmdkExtentInfo info(
      ExtentLine line, FileLocation path, long grainBytes, boolean compressed) {
    long fileOffset = line.offset() * SparseHeader.SECTOR;
    return new VmdkExtentInfo(
        line.access(), line.length(), line.type(), path, fileOffset, grainBytes, compressed);
  }
}
