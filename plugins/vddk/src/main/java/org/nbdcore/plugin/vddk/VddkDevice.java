package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.nbdcore.spi.AsyncBlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Support;

/** A disk of one client, on its own handle. Reads may use several handles. */
final class VddkDevice implements AsyncBlockDevice {

  /** Number of bytes between two checks of the connection to the client. */
  private static final int ZEROES_AT_ONCE = 32 << 20;

  private final List<VddkHandle> handles;
  private final VddkHandle handle;
  private final Transfer[] transfers;
  private final AtomicInteger turn = new AtomicInteger();
  private final DiskInfo info;
  private final SharedDisk shared;
  private final boolean readOnly;
  private final Session session;
  private final Runnable afterClose;

  /**
   * @param handles of this disk; the first one is for everything except reads
   * @param transfers one for each handle
   * @param afterClose called once this device is closed
   */
  VddkDevice(
      List<VddkHandle> handles,
      Transfer[] transfers,
      DiskInfo info,
      SharedDisk shared,
      OpenRequest request,
      Runnable afterClose) {
    this.handles = handles;
    this.handle = handles.get(0);
    this.transfers = transfers;
    this.info = info;
    this.shared = shared;
    this.readOnly = request.readOnly();
    this.session = request.session();
    this.afterClose = afterClose;
  }

  @Override
  public long size() {
    return VddkSectors.toBytes(info.sectors());
  }

  @Override
  public Capabilities capabilities() {
    Capabilities capabilities =
        readOnly
            ? Capabilities.readOnly()
            : Capabilities.readWrite()
                .withFlush(true)
                .withFua(Support.NATIVE)
                .withZero(Support.NATIVE);
    return capabilities.withExtents(shared.knowsExtents()).withBlockSizes(blockSizes());
  }

  private BlockSizes blockSizes() {
    int preferred = Math.max(4096, Math.max(info.logicalSectorSize(), info.physicalSectorSize()));
    if (preferred > 1 << 25 || Integer.bitCount(preferred) != 1) {
      preferred = 4096;
    }
    return BlockSizes.of(VddkSectors.SIZE, preferred, BlockSizes.UNLIMITED);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    transfer().read(dst, offset);
  }

  /** Returns the next handle's transfer (round robin). */
  private Transfer transfer() {
    return transfers.length == 1
        ? transfers[0]
        : transfers[(turn.getAndIncrement() & Integer.MAX_VALUE) % transfers.length];
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    transfer().write(src, offset);
    if (flags.has(Flags.FUA)) {
      handle.flush();
    }
  }

  /**
   * Writes zeroes, because VDDK has no call for them: in the largest possible parts, several in
   * flight.
   */
  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    if (flags.has(Flags.FAST_ZERO)) {
      throw new NbdException(
          NbdError.ENOTSUP, "this disk writes zeroes as data, which is not fast");
    }
    long end = offset + length;
    for (long at = offset; at < end; at += ZEROES_AT_ONCE) {
      session.requireConnected();
      transfers[0].zero(at, (int) Math.min(ZEROES_AT_ONCE, end - at));
    }
    if (flags.has(Flags.FUA)) {
      handle.flush();
    }
  }

  @Override
  public boolean prefersAsync() {
    return transfers[0].prefersAsync();
  }

  @Override
  public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion) {
    return transfer().begin(false, dst, offset, completion);
  }

  @Override
  public boolean writeAsync(
      ByteBuffer src, long offset, Flags flags, CompletionHandler completion) {
    boolean durable = flags.has(Flags.FUA); // needs a flush, which blocks
    return !durable && transfer().begin(true, src, offset, completion);
  }

  @Override
  public void flush() throws IOException {
    handle.flush();
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    shared.extents(handle, offset, length, flags, sink);
  }

  /** Queues the close for VDDK's lifecycle thread, which another Open may block. */
  @Override
  public void close() {
    shared.closing(handle);
    handles.forEach(VddkHandle::close);
    afterClose.run();
  }
}
