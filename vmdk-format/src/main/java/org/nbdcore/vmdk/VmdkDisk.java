package org.nbdcore.vmdk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A VMware virtual disk, open for reading.
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
 * undisturbed. The files must not change while the disk is open.
 */
public final class VmdkDisk implements Closeable {
  private static final long DEFAULT_BLOCK = 4096;

  private final OpenFiles files;
  private final GrainCache grains;
  private final Link link;
  private final VmdkInfo info;
  private volatile boolean closed;

  private VmdkDisk(OpenFiles files, GrainCache grains, Link link, VmdkInfo info) {
    this.files = files;
    this.grains = grains;
    this.link = link;
    this.info = info;
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
      Shared shared = new Shared(new TablePages(), grains, files.add(new DecoderPool()));
      ChainOpener.Opened opened = new ChainOpener(files, shared, options.warnings()).open(file);
      return new VmdkDisk(files, grains, opened.link(), opened.info());
    } catch (IOException | RuntimeException | Error e) {
      try {
        files.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
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

  private void checkOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  /**
   * Closes all files of the disk and its parents; reads in flight fail. Closing again does nothing.
   */
  @Override
  public void close() throws IOException {
    synchronized (files) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try {
      files.close();
    } finally {
      grains.clear();
    }
  }
}
