package org.nbdcore.filter.composition;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;

/** Devices that delay writes and lose or change the data. */
final class ForgetfulDevices {

  private ForgetfulDevices() {}

  /** Keeps the newest write back until the next request. */
  private abstract static class LateWriter extends FilterBlockDevice {
    ByteBuffer kept;
    private long keptAt;

    LateWriter(BlockDevice next) {
      super(next);
    }

    /** The data to keep of a write. */
    abstract ByteBuffer keep(ByteBuffer src);

    final void writeKept() throws IOException {
      if (kept != null) {
        next.write(kept, keptAt, Flags.NONE);
        kept = null;
      }
    }

    @Override
    public final synchronized void write(ByteBuffer src, long offset, Flags flags)
        throws IOException {
      writeKept();
      kept = keep(src);
      keptAt = offset;
    }

    @Override
    public final synchronized void read(ByteBuffer dst, long offset) throws IOException {
      writeKept();
      next.read(dst, offset);
    }
  }

  /** Loses the delayed write at a flush. */
  static final class LostWrite extends LateWriter {

    LostWrite(BlockDevice next) {
      super(next);
    }

    @Override
    ByteBuffer keep(ByteBuffer src) {
      return ByteBuffer.allocateDirect(src.remaining()).put(src).flip();
    }

    @Override
    public synchronized void flush() throws IOException {
      kept = null;
      next.flush();
    }

    @Override
    public synchronized void zero(long offset, long length, Flags flags) throws IOException {
      writeKept();
      next.zero(offset, length, flags);
    }

    @Override
    public synchronized void trim(long offset, long length, Flags flags) throws IOException {
      writeKept();
      next.trim(offset, length, flags);
    }
  }

  /** Writes later, from the caller's buffer. */
  static final class BufferKept extends LateWriter {

    BufferKept(BlockDevice next) {
      super(next);
    }

    @Override
    ByteBuffer keep(ByteBuffer src) {
      return src.slice();
    }

    @Override
    public synchronized void flush() throws IOException {
      writeKept();
      next.flush();
    }
  }
}
