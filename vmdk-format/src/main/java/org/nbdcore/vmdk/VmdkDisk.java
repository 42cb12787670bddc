package org.nbdcore.vmdk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A VMware virtual disk, open for reading or for reading and writing.
 *
 * <p>Reads monolithicSparse, monolithicFlat, streamOptimized, twoGbMaxExtentSparse,
 * twoGbMaxExtentFlat, vmfs, vmfsSparse, seSparse and custom disks, and snapshots together with
 * their parents. Refuses raw device mappings.
 *
 * <p>A descriptor may name any file, also by an absolute path, as in VMware's own products. If you
 * open a descriptor of unknown origin, it chooses which files are read as a disk. To prevent this,
 * open a {@link FileLocation} with a folder.
 *
 * <p>Thread-safe; reads run in parallel. An interrupted reader gets a {@link
 * java.nio.channels.ClosedByInterruptException}; other readers are not affected. No other program
 * may change the files while the disk is open.
 */
public final class VmdkDisk implements Closeable {
  private static final long DEFAULT_BLOCK = 4096;

  private final OpenFiles files;
  private final GrainCache grains;
  private final Link link;
  private final VmdkInfo info;
  private final DiskWriter writer; // null if the disk is open for reading only
  private volatile boolean closed;

  private VmdkDisk(OpenFiles files, GrainCache grains, ChainOpener.Opened opened) {
    this.files = files;
    this.grains = grains;
    this.link = opened.link();
    this.info = opened.info();
    this.writer = opened.writer();
  }

  /** Opens a disk with {@link VmdkOptions#defaults()}. */
  public static VmdkDisk open(Path path) throws IOException {
    return open(path, VmdkOptions.defaults());
  }

  /**
   * Opens a disk. The time does not depend on the disk's size.
   *
   * @param path a descriptor file or a sparse extent with an embedded descriptor
   * @param options how to open the disk
   * @throws VmdkException if a file is damaged, is not a VMDK file, or is of a kind that is not
   *     supported
   * @throws ReadOnlyDiskException if the options ask for a writable disk but this kind can only be
   *     read
   * @throws IOException if a file cannot be opened or read
   */
  public static VmdkDisk open(Path path, VmdkOptions options) throws IOException {
    return open(FileLocation.of(path), options);
  }

  /**
   * Opens a disk whose files may be elsewhere than on this machine. Otherwise like {@link
   * #open(Path, VmdkOptions)}.
   */
  public static VmdkDisk open(FileLocation file, VmdkOptions options) throws IOException {
    OpenFiles files = new OpenFiles(options);
    GrainCache grains = new GrainCache(options.grainCacheBytes(), options.counters());
    try {
      if (options.writable()) {
        files.add(DiskLock.acquire(file, options.warnings()));
      } else {
        DiskLock.warnIfLocked(file, options.warnings());
      }
      Shared shared = new Shared(new TablePages(), grains, files.add(new DecoderPool()));
      ChainOpener.Opened opened = new ChainOpener(files, shared, options).open(file);
      return new VmdkDisk(files, grains, opened);
    } catch (IOException | RuntimeException | Error e) {
      try {
        files.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /**
   * Creates a disk that reads as zeroes. A failure leaves no files.
   *
   * @param file the descriptor, or the only file of the disk, to create
   * @param options properties of the disk
   * @throws java.nio.file.FileAlreadyExistsException if one of its files exists
   * @throws VmdkException if a disk of that type cannot have that size or name
   * @throws IOException if a system call fails
   */
  public static void create(FileLocation file, VmdkCreateOptions options) throws IOException {
    DiskCreator.create(file, options);
  }

  /**
   * Creates a child of a disk. The child reads as its parent until it is written. Do not write to
   * the parent any more. A failure leaves no files.
   *
   * @param file the child's descriptor, or its only file, to create
   * @param parent the parent's descriptor, or its only file
   * @throws java.nio.file.FileAlreadyExistsException if one of the child's files exists
   * @throws VmdkException if the parent cannot be opened
   * @throws IOException if a system call fails
   */
  public static void createChild(FileLocation file, FileLocation parent) throws IOException {
    String hint = parent.name();
    boolean beside = file.sibling(hint).exists() && file.sibling(hint).key().equals(parent.key());
    if (!beside) {
      Path real = parent.realPath();
      hint = (real == null ? parent.key() : real).toString();
    }
    file.sibling(hint).open(false).close(); // the child may be forbidden to name it
    try (VmdkDisk disk = open(parent, VmdkOptions.defaults())) {
      DiskCreator.createChild(file, disk.info(), disk.size(), hint);
    }
  }

  /** Returns the disk's size in bytes, a multiple of 512. */
  public long size() {
    return link.size();
  }

  /** Returns the properties in the descriptor. */
  public VmdkInfo info() {
    return info;
  }

  /**
   * Returns the preferred size and alignment of reads, in bytes: the largest grain size, or 4096.
   */
  public long preferredBlockSize() {
    long preferred = DEFAULT_BLOCK;
    for (VmdkExtentInfo extent : info.extents()) {
      preferred = Math.max(preferred, extent.grainSize());
    }
    return preferred;
  }

  /**
   * Fills {@code dst} from its position to its limit. Uncompressed grains are read directly from
   * the file into the buffer, so a direct buffer is fastest. After an exception, the buffer's
   * content is undefined. Its position is then at or before the first byte that could not be read.
   *
   * @param dst owned by the caller; not kept
   * @param offset bytes from the start of the disk, with any alignment
   * @throws IndexOutOfBoundsException if the range is not within the disk
   * @throws ClosedChannelException if the disk is closed, before or during the read
   * @throws VmdkException if the range's grain tables or grains are damaged
   */
  public void read(ByteBuffer dst, long offset) throws IOException {
    Objects.checkFromIndexSize(offset, dst.remaining(), size());
    checkOpen();
    link.read(dst, dst.remaining(), offset);
  }

  /**
   * Adds a reference to the bytes of a range, instead of copying them, so that the system can send
   * them from the file. This works if the range is in one piece in a file of this machine, not
   * compressed, and in the system's memory, so that reading it cannot fail. A growing extent that
   * is open for writing declines, because its grains may move.
   *
   * @param offset bytes from the start of the disk
   * @param length bytes, more than 0
   * @param sink receives the range; not called if this method returns false
   * @return false if the range must be read
   * @throws IndexOutOfBoundsException if the range is not within the disk
   * @throws IOException for the reasons of {@link #read}
   */
  public boolean readZeroCopy(long offset, long length, FileRangeSink sink) throws IOException {
    Objects.checkFromIndexSize(offset, length, size());
    checkOpen();
    return link.readZeroCopy(offset, length, sink);
  }

  /**
   * Visits the extents of a range, in ascending order and without gaps. Adjacent extents of the
   * same kind are merged. The tables are read during the walk. The visitor can end the walk.
   *
   * @param offset bytes from the start of the disk
   * @param length bytes
   * @param visitor called by this thread, before the method returns
   * @throws IndexOutOfBoundsException if the range is not within the disk
   * @throws IOException for the reasons of {@link #read}, or from the visitor
   */
  public void extents(long offset, long length, ExtentVisitor visitor) throws IOException {
    Objects.checkFromIndexSize(offset, length, size());
    checkOpen();
    ExtentMerger merger = new ExtentMerger(visitor, offset);
    if (link.map(offset, length, merger)) {
      merger.flush();
    }
  }

  /** Returns true if the disk is open for writing. */
  public boolean writable() {
    return writer != null;
  }

  /**
   * Writes the bytes between the buffer's position and limit. Writes of different ranges run in
   * parallel. If another thread reads or writes the same range at the same time, the order is
   * undefined.
   *
   * @param src owned by the caller; not kept
   * @param offset bytes from the start of the disk, with any alignment
   * @throws IndexOutOfBoundsException if the range is not within the disk
   * @throws ReadOnlyDiskException if the disk is open for reading only
   * @throws IOException if a system call fails; the range's content is then undefined
   */
  public void write(ByteBuffer src, long offset) throws IOException {
    Objects.checkFromIndexSize(offset, src.remaining(), size());
    checkOpen();
    writer().write(src, offset);
  }

  /**
   * Makes a range read as zeroes. Frees or marks grains that lie completely in the range, and
   * writes zeroes to the rest. See {@link #zeroesQuickly}.
   *
   * @throws IndexOutOfBoundsException if the range is not within the disk
   * @throws ReadOnlyDiskException if the disk is open for reading only
   * @throws IOException for the reasons of {@link #write}
   */
  public void zero(long offset, long length) throws IOException {
    Objects.checkFromIndexSize(offset, length, size());
    checkOpen();
    writer().zero(offset, length);
  }

  /**
   * Stores zeroes in a range, so that it has storage for later writes.
   *
   * @throws IndexOutOfBoundsException if the range is not within the disk
   * @throws ReadOnlyDiskException if the disk is open for reading only
   * @throws IOException for the reasons of {@link #write}
   */
  public void writeZeroes(long offset, long length) throws IOException {
    Objects.checkFromIndexSize(offset, length, size());
    checkOpen();
    writer().writeZeroes(offset, length);
  }

  /** Returns true if {@link #zero} writes zeroes only at the ends of the range. */
  public boolean zeroesQuickly() throws IOException {
    return writer != null && writer.zeroesQuickly();
  }

  /**
   * Frees the grains that lie completely in the range, if they then read as zeroes. The rest stays
   * unchanged.
   *
   * @throws IndexOutOfBoundsException if the range is not within the disk
   * @throws ReadOnlyDiskException if the disk is open for reading only
   * @throws IOException for the reasons of {@link #write}
   */
  public void trim(long offset, long length) throws IOException {
    Objects.checkFromIndexSize(offset, length, size());
    checkOpen();
    writer().trim(offset, length);
  }

  /**
   * Returns when all earlier writes, zeroes and trims are durable. Before that, a crash may undo
   * them, even a crash of this process alone.
   *
   * @throws ReadOnlyDiskException if the disk is open for reading only
   * @throws IOException if a system call fails; changes since the last flush may be lost
   */
  public void flush() throws IOException {
    checkOpen();
    writer().flush();
  }

  /**
   * Flushes, and leaves the files as a clean close would. Do not write during the call; you may
   * write again afterwards.
   *
   * @throws IOException for the reasons of {@link #flush}
   */
  public void settle() throws IOException {
    checkOpen();
    if (writer != null) {
      writer.settle();
    }
  }

  private DiskWriter writer() throws ReadOnlyDiskException {
    if (writer == null) {
      throw new ReadOnlyDiskException("the disk is open for reading only");
    }
    return writer;
  }

  private void checkOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  /**
   * Calls {@link #settle}, then closes all files of the disk and its parents. Reads in flight fail.
   * Closing again does nothing.
   */
  @Override
  public void close() throws IOException {
    synchronized (files) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try (files) {
      if (writer != null) {
        writer.close();
      }
    } finally {
      grains.clear();
    }
  }
}
