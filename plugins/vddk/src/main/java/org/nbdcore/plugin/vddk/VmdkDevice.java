package org.nbdcore.plugin.vddk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;
import org.nbdcore.vmdk.ExtentKind;
import org.nbdcore.vmdk.FileLocation;
import org.nbdcore.vmdk.LinuxFileHoles;
import org.nbdcore.vmdk.VmdkDisk;
import org.nbdcore.vmdk.VmdkOptions;
import org.nbdcore.vmdk.VmdkStore;

/** A VMDK file that nbd-core serves without VDDK. */
final class VmdkDevice implements BlockDevice {

  private static final Log LOG = Log.of("vddk");

  private final VmdkDisk disk;
  private final boolean writable;
  private final Closeable release;

  /**
   * Makes a connection's view of a disk.
   *
   * @param writable whether this connection may write
   * @param release called when the connection ends
   */
  private VmdkDevice(VmdkDisk disk, boolean writable, Closeable release) {
    this.disk = disk;
    this.writable = writable;
    this.release = release;
  }

  /** For reading; the disk is the connection's own, and closed with it. */
  static VmdkDevice owning(VmdkDisk disk) {
    return new VmdkDevice(disk, false, disk);
  }

  /** Of a disk that several connections share. */
  static VmdkDevice of(VmdkStore store, boolean readOnly) throws IOException {
    VmdkDisk disk = store.acquire(readOnly);
    boolean writable = !readOnly && disk.writable();
    return new VmdkDevice(disk, writable, writable ? store::release : () -> {});
  }

  /** For reading, with all parents. */
  static VmdkDisk openDisk(String path) throws IOException {
    try {
      VmdkOptions options =
          VmdkOptions.defaults().withHoles(LinuxFileHoles::new).withWarnings(LOG::warn);
      return VmdkDisk.open(FileNames.absolute(path), options);
    } catch (NoSuchFileException e) {
      throw new IOException("file " + path + " does not exist", e);
    }
  }

  static VmdkStore openStore(VddkConfig config) throws IOException {
    String path = config.file().orElseThrow();
    VmdkOptions options =
        VmdkOptions.defaults()
            .withHoles(LinuxFileHoles::new)
            .withWarnings(LOG::warn)
            .withSingleLink(config.singleLink());
    FileLocation file = FileLocation.of(FileNames.absolute(path), config.within().orElse(null));
    try {
      return config.create().isPresent()
          ? VmdkStore.create(file, config.create().get().withoutVddk(), options)
          : VmdkStore.open(file, options);
    } catch (FileAlreadyExistsException e) {
      throw new IOException("file " + e.getFile() + " exists; a new disk needs a new name", e);
    } catch (NoSuchFileException e) {
      throw new IOException("file " + path + " does not exist", e);
    }
  }

  @Override
  public long size() {
    return disk.size();
  }

  /** The same block sizes as with VDDK, so that clients notice no difference. */
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
        .withBlockSizes(BlockSizes.of(VddkSectors.SIZE, 4096, BlockSizes.UNLIMITED));
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    disk.read(dst, offset);
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
