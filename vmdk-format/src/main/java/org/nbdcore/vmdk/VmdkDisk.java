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
 * twoGbMaxExtentFlat, vmfs and custom disks, and snapshots of these together with their parents.
 * Refuses ESX sparse extents (vmfsSparse, seSparse) and raw device mappings.
 *
 * <p>A descriptor may name files anywhere, also by absolute paths, as VMware's own products allow:
 * whoever opens a descriptor of unknown origin lets it choose which files are read as a disk.
 *
 * <p>All methods may be called from many threads at once; reads run in parallel. An interrupted
 * reader gets a {@link java.nio.channels.ClosedByInterruptException}, and other readers go on
 * undisturbed. Nothing else may change the files while the disk is open.
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
   * Opens a disk; takes about the same short time for small and for huge ones.
   *
   * @param path a descriptor file or a sparse extent with an embedded descriptor
   * @param options see there
   * @throws VmdkException if a file is damaged, no VMDK file or of a kind not supported
   * @throws ReadOnlyDiskException if the disk is to be written and is of a kind that cannot be
   * @throws IOException if a file cannot be opened or read
   */
  public static VmdkDisk open(Path path, VmdkOptions options) throws IOException {
    return open(FileLocation.of(path), options);
  }

  /**
   * Opens a disk whose files may be elsewhere than on this machine; otherwise as {@link #open(Path,
   * VmdkOptions)}.
   */
  public static VmdkDisk open(FileLocation file, VmdkOptions options) throws IOException {
    OpenFiles files = new OpenFiles(options);
    GrainCache grains = new GrainCache(options.grainCacheBytes());
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
   * Creates a disk, all of which reads as zeroes. What fails leaves nothing.
   *
   * @param file where the descriptor goes, or the one file that holds it
   * @param options what it is to be
   * @throws java.nio.file.FileAlreadyExistsException if one of its files exists
   * @throws VmdkException if a disk of that type cannot have that size or name
   * @throws IOException as the system fails
   */
  public static void create(FileLocation file, VmdkCreateOptions options) throws IOException {
    DiskCreator.create(file, options);
  }

  /**
   * Creates a child of a disk, which reads as its parent until it is written. From then on the
   * parent must not be written. What fails leaves nothing.
   *
   * @param file where the child goes
   * @param parent the parent's descriptor, or the one file that holds it
   * @throws java.nio.file.FileAlreadyExistsException if one of the child's files exists
   * @throws VmdkException if the parent cannot be opened
   * @throws IOException as the system fails
   */
  public static void createChild(FileLocation file, FileLocation parent) throws IOException {
    String hint = parent.name();
    boolean beside = file.sibling(hint).exists() && file.sibling(hint).key().equals(parent.key());
    if (!beside) {
      hint = parent.key().toString();
    }
    try (VmdkDisk disk = open(parent, VmdkOptions.defaults())) {
      DiskCreator.createChild(file, disk.info(), disk.size(), hint);
    }
  }

  /** The disk's size in bytes, a multiple of 512. */
  public long size() {
    return link.size();
  }

  /** What the descriptor says. */
  public VmdkInfo info() {
    return info;
  }

  /**
   * The size and alignment, in bytes, that reads should have to be quick: the largest grain, or
   * 4096.
   */
  public long preferredBlockSize() {
    long preferred = DEFAULT_BLOCK;
    for (VmdkExtentInfo extent : info.extents()) {
      preferred = Math.max(preferred, extent.grainSize());
    }
    return preferred;
  }

  /**
   * Fills {@code dst} from its position to its limit. Grains that are not compressed go straight
   * from the file into the buffer, so a direct buffer is best. After an exception the buffer's
   * content is undefined, and its position is where or before what could not be read begins.
   *
   * @param dst owned by the caller; not kept
   * @param offset bytes from the start of the disk, with any alignment
   * @throws IndexOutOfBoundsException if the range is not within the disk
   * @throws ClosedChannelException if the disk is closed, or becomes so during the read
   * @throws VmdkException if the range's grain tables or grains are damaged
   */
  public void read(ByteBuffer dst, long offset) throws IOException {
    Objects.checkFromIndexSize(offset, dst.remaining(), size());
    checkOpen();
    link.read(dst, dst.remaining(), offset);
  }

  /**
   * Visits what stands behind a range, in ascending order and without gaps. Neighbours of the same
   * kind are joined. The tables are read as the walk goes; it ends when the visitor says so.
   *
   * @param offset bytes from the start of the disk
   * @param length bytes
   * @param visitor called by this thread, before the method returns
   * @throws IndexOutOfBoundsException if the range is not within the disk
   * @throws IOException as {@link #read}, or from the visitor
   */
  public void extents(long offset, long length, ExtentVisitor visitor) throws IOException {
    Objects.checkFromIndexSize(offset, length, size());
    checkOpen();
    ExtentMerger merger = new ExtentMerger(visitor, offset);
    if (link.map(offset, length, merger)) {
      merger.flush();
    }
  }

  /** Whether the disk is open for writing. */
  public boolean writable() {
    return writer != null;
  }

  /**
   * Writes what is between the buffer's position and limit. Writes of different ranges run in
   * parallel. Of a range that another thread reads or writes meanwhile, either may be seen first.
   *
   * @param src owned by the caller; not kept
   * @param offset bytes from the start of the disk, with any alignment
   * @throws IndexOutOfBoundsException if the range is not within the disk
   * @throws ReadOnlyDiskException if the disk is open for reading only
   * @throws IOException as the system fails; the range's content is undefined then
   */
  public void write(ByteBuffer src, long offset) throws IOException {
    Objects.checkFromIndexSize(offset, src.remaining(), size());
    checkOpen();
    writer().write(src, offset);
  }

  /**
   * Makes a range read as zeroes. Grains that lie wholly in the range are freed or marked, the rest
   * is written; see {@link #zeroesQuickly}.
   *
   * @throws IndexOutOfBoundsException if the range is not within the disk
   * @throws ReadOnlyDiskException if the disk is open for reading only
   * @throws IOException as {@link #write}
   */
  public void zero(long offset, long length) throws IOException {
    Objects.checkFromIndexSize(offset, length, size());
    checkOpen();
    writer().zero(offset, length);
  }

  /**
   * Stores zeroes in a range, which then has room for whatever is written there later.
   *
   * @throws IndexOutOfBoundsException if the range is not within the disk
   * @throws ReadOnlyDiskException if the disk is open for reading only
   * @throws IOException as {@link #write}
   */
  public void writeZeroes(long offset, long length) throws IOException {
    Objects.checkFromIndexSize(offset, length, size());
    checkOpen();
    writer().writeZeroes(offset, length);
  }

  /** Whether {@link #zero} does not have to write out zeroes but at the range's ends. */
  public boolean zeroesQuickly() {
    return writer != null && writer.zeroesQuickly();
  }

  /**
   * Frees the grains that lie wholly in the range, if they read as zeroes then. The rest stays as
   * it is.
   *
   * @throws IndexOutOfBoundsException if the range is not within the disk
   * @throws ReadOnlyDiskException if the disk is open for reading only
   * @throws IOException as {@link #write}
   */
  public void trim(long offset, long length) throws IOException {
    Objects.checkFromIndexSize(offset, length, size());
    checkOpen();
    writer().trim(offset, length);
  }

  /**
   * Returns when everything that was written, zeroed or trimmed before is on the disk. Until then a
   * crash, even of this process alone, may undo it.
   *
   * @throws ReadOnlyDiskException if the disk is open for reading only
   * @throws IOException as the system fails; what was written since the last flush may be lost
   */
  public void flush() throws IOException {
    checkOpen();
    writer().flush();
  }

  /**
   * Flushes, and leaves the files as those of a disk that was closed. Nobody may write meanwhile;
   * later writes are as the first ones.
   *
   * @throws IOException as {@link #flush}
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
   * Closes all files of the disk and its parents, after {@link #settle}; reads in flight fail.
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
