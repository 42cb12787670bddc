package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Creates the files of one new disk: first the extents, last the descriptor. A disk that can be
 * opened is therefore complete. A failure leaves no files. Used once, by one thread.
 */
final class DiskCreator {
  /** Maximum size of a file in VMware's disks of 2 GiB files. */
  private static final long SPLIT_SECTORS = 4192256;

  private static final long MAX_SPARSE_SECTORS = 0xffffffffL;
  private static final String SUFFIX = ".vmdk";

  private final FileLocation file;
  private final long sectors;
  private final DescriptorText text;
  private final List<FileLocation> created = new ArrayList<>();

  private DiskCreator(FileLocation file, long sectors, DescriptorText text) {
    this.file = file;
    this.sectors = sectors;
    this.text = text;
  }

  /**
   * Creates a disk that has no parent.
   *
   * @throws java.nio.file.FileAlreadyExistsException if one of its files exists
   * @throws VmdkException if disks of this type cannot be that large
   */
  static void create(FileLocation file, VmdkCreateOptions options) throws IOException {
    DescriptorText text = new DescriptorText(options.type().createType());
    if (options.type() == VmdkType.VMFS_THIN) {
      text.ddb("thinProvisioned", 1);
    }
    text.disk(
        options.adapter().word(),
        options.adapter().geometry(options.sectors()),
        String.valueOf(options.hardwareVersion()));
    new DiskCreator(file, options.sectors(), text).create(options.type(), false);
  }

  /**
   * Creates an empty child of a disk.
   *
   * @param parent from {@link VmdkInfo} of an open disk
   * @param parentHint how the child names the parent's descriptor
   * @throws java.nio.file.FileAlreadyExistsException if one of its files exists
   */
  static void createChild(FileLocation file, VmdkInfo parent, long size, String parentHint)
      throws IOException {
    boolean vmfs = parent.createType().startsWith("vmfs");
    VmdkType type = vmfs ? VmdkType.VMFS_SPARSE : VmdkType.MONOLITHIC_SPARSE;
    DescriptorText text =
        new DescriptorText(type.createType()).parent(parent.contentId(), parentHint);
    text.disk(parent.adapterType(), parent.geometry(), parent.hardwareVersion());
    new DiskCreator(file, size / SparseHeader.SECTOR, text).create(type, true);
  }

  private void create(VmdkType type, boolean child) throws IOException {
    check(type);
    try {
      switch (type) {
        case MONOLITHIC_SPARSE -> {
          text.extent(sectors, "SPARSE", file.name());
          make(file, made -> SparseCreator.hosted(made, sectors, text.toString(), child));
        }
        case STREAM_OPTIMIZED -> {
          text.extent(sectors, "SPARSE", file.name());
          make(file, made -> SparseCreator.stream(made, sectors, text.toString()));
        }
        case MONOLITHIC_FLAT -> {
          makeFlat("-flat", sectors);
          text.flatExtent(sectors, name("-flat"));
          makeDescriptor();
        }
        case VMFS_FLAT, VMFS_THIN -> {
          makeFlat("-flat", sectors);
          text.extent(sectors, "VMFS", name("-flat"));
          makeDescriptor();
        }
        case VMFS_SPARSE -> {
          make(sibling("-delta"), made -> SparseCreator.cowd(made, sectors));
          text.extent(sectors, "VMFSSPARSE", name("-delta"));
          makeDescriptor();
        }
        case SPLIT_SPARSE, SPLIT_FLAT -> {
          makeSplit(type == VmdkType.SPLIT_SPARSE);
          makeDescriptor();
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      deleteCreated(e);
      throw e;
    }
  }

  private void check(VmdkType type) throws IOException {
    boolean sparse =
        type == VmdkType.MONOLITHIC_SPARSE
            || type == VmdkType.STREAM_OPTIMIZED
            || type == VmdkType.VMFS_SPARSE;
    long most =
        switch (type) {
          case SPLIT_FLAT, SPLIT_SPARSE -> SPLIT_SECTORS * DescriptorParser.MAX_EXTENTS;
          default -> sparse ? MAX_SPARSE_SECTORS : Long.MAX_VALUE / SparseHeader.SECTOR;
        };
    if (sectors > most) {
      throw VmdkException.bad(
          file,
          "the size of a new " + type.createType() + " disk",
          sectors * SparseHeader.SECTOR + " bytes",
          "at most " + most * SparseHeader.SECTOR);
    }
    String name = file.name();
    if (name.indexOf('"') >= 0 || name.indexOf('\n') >= 0 || name.indexOf('\r') >= 0) {
      throw VmdkException.bad(
          file, "the new disk's name", "'" + name + "'", "one without quotes and line breaks");
    }
  }

  private void makeSplit(boolean sparse) throws IOException {
    long left = sectors;
    for (int i = 1; left > 0; i++) {
      long size = Math.min(left, SPLIT_SECTORS);
      String part = String.format(Locale.ROOT, "-%s%03d", sparse ? "s" : "f", i);
      if (sparse) {
        make(sibling(part), made -> SparseCreator.hosted(made, size, null, false));
        text.extent(size, "SPARSE", name(part));
      } else {
        makeFlat(part, size);
        text.flatExtent(size, name(part));
      }
      left -= size;
    }
  }

  private void makeFlat(String part, long size) throws IOException {
    make(sibling(part), made -> made.truncate(size * SparseHeader.SECTOR));
  }

  private void makeDescriptor() throws IOException {
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    make(file, made -> made.write(ByteBuffer.wrap(bytes), bytes.length, 0));
  }

  /** Fills a newly created file. */
  @FunctionalInterface
  private interface Filling {
    void fill(OpenFile made) throws IOException;
  }

  private void make(FileLocation location, Filling filling) throws IOException {
    try (OpenFile made = location.create()) {
      created.add(location);
      filling.fill(made);
      made.force(true);
    }
  }

  private String name(String part) {
    String name = file.name();
    String base = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
    return base + part + SUFFIX;
  }

  private FileLocation sibling(String part) throws IOException {
    return file.sibling(name(part));
  }

  private void deleteCreated(Throwable failure) {
    for (FileLocation each : created) {
      try {
        each.delete();
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
  }
}
