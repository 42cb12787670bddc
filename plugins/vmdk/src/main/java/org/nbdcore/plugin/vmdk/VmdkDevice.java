package org.nbdcore.plugin.vmdk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ZeroCopyReadable;
import org.nbdcore.vmdk.ExtentKind;
import org.nbdcore.vmdk.VmdkDisk;

/** A connection's view of a VMDK, which several connections may share. */
public final class VmdkDevice implements BlockDevice, ZeroCopyReadable {
  private static final int MAX_PREFERRED = 1 << 25;

  private final VmdkDisk disk;
  private final boolean writable;
  private final Closeable release;
  private final BlockSizes blockSizes;

  /** For reading only; the disk belongs to the plugin. */
  VmdkDevice(VmdkDisk disk) {
    this(disk, false, () -> {}, preferring(disk));
  }

  /**
   * Makes a connection's view of a disk.
   *
   * @param writable whether this connection may write
   * @param release called when the connection ends
   * @param blockSizes what the client is told
   */
  public VmdkDevice(VmdkDisk disk, boolean writable, Closeable release, BlockSizes blockSizes) {
    this.disk = disk;
    this.writable = writable;
    this.release = release;
    this.blockSizes = blockSizes;
  }

  /** The disk's grain as the preferred size; any size is served. */
  static BlockSizes preferring(VmdkDisk disk) {
    return BlockSizes.DEFAULT.withPreferred(
        (int) Math.min(MAX_PREFERRED, disk.preferredBlockSize()));
  }

  @Override
  public long size() {
    return disk.size();
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.readOnly()
        .withWrite(writable)
        .withFlush(writable)
        .withTrim(writable)
        .withZero(writable ? Support.NATIVE : Support.NONE)
        .withFastZero(writable)
        .withFua(writable ? Support.NATIVE : Support.NONE)
        .withExtents(true)
        .withMultiConn(true)
        .withBlockSizes(blockSizes);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    disk.read(dst, offset);
  }

  /** Adds data in the page cache only; other data is read, because a read can fail. */
  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    return buffers.acceptsFiles() && disk.readZeroCopy(offset, length, buffers::addFile);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    disk.write(src, offset);
    forceIf(flags);
  }

  @Override
  public void flush() throws IOException {
    disk.flush();
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    disk.trim(offset, length);
    forceIf(flags);
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    boolean mayTrim = flags.has(Flags.MAY_TRIM);
    if (flags.has(Flags.FAST_ZERO) && !(mayTrim && disk.zeroesQuickly())) {
      throw new NbdException(NbdError.ENOTSUP, "zeroes would have to be written to this disk");
    }
    if (mayTrim) {
      disk.zero(offset, length);
    } else {
      disk.writeZeroes(offset, length);
    }
    forceIf(flags);
  }

  private void forceIf(Flags flags) throws IOException {
    if (flags.has(Flags.FUA)) {
      disk.flush();
    }
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    boolean one = flags.has(Flags.REQ_ONE);
    disk.extents(offset, length, (at, run, kind) -> sink.add(at, run, type(kind)) && !one);
  }

  private static int type(ExtentKind kind) {
    return kind == ExtentKind.DATA ? ExtentSink.DATA : ExtentSink.HOLE | ExtentSink.ZERO;
  }

  @Override
  public void close() throws IOException {
    release.close();
  }
}
