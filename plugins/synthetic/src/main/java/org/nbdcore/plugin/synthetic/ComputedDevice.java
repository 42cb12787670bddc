package org.nbdcore.plugin.synthetic;

import java.nio.ByteBuffer;
import java.util.function.LongUnaryOperator;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;

/** A disk whose bytes are computed at each read, so it needs no storage. */
abstract class ComputedDevice implements BlockDevice {

  /** The capabilities of all computed disks. */
  static final Capabilities READING =
      Capabilities.readOnly().withCache(Support.NATIVE).withMultiConn(true);

  private final long size;
  private final Capabilities capabilities;

  ComputedDevice(long size, Capabilities capabilities) {
    this.size = size;
    this.capabilities = capabilities;
  }

  @Override
  public final long size() {
    return size;
  }

  @Override
  public final Capabilities capabilities() {
    return capabilities;
  }

  /** Accepts a write of the existing contents, and fails any other write. */
  static void checkWrite(ByteBuffer src, long offset, LongUnaryOperator words) throws NbdException {
    if (!LongSequence.match(src, offset, words)) {
      throw new NbdException(
          NbdError.EIO,
          "the data written at " + offset + " differs from the contents of this disk");
    }
    src.position(src.limit());
  }

  @Override
  public final void cache(long offset, long length) {}

  @Override
  public final void close() {}
}
