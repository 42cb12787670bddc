package org.nbdcore.filter.composition;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;

/** Devices that write later, and not what they were given. */
final class ForgetfulDevices {

  private ForgetfulDevices() {}

  /** Keeps the newest write back until the next one, and forgets it at a flush. */
  static final class LostWrite extends FilterBlockDevice {
    private ByteBuffer kept;
    private long keptAt;

    LostWrite(BlockDevice next) {
      super(next);
    }

    @Override
    public synchronized void write(ByteBuffer src, long offset, Flags flags) throws IOException {
      writeKept();
      kept = ByteBuffer.allocateDirect(src.remaining()).put(src).flip();
      keptAt = offset;
    }

    @Override
    public synchronized void flush() throws IOException {
      kept = null;
      next.flush();
    }

    private void writeKept() throws IOException {
      if (kept != null) {
        next.write(kept, keptAt, Flags.NONE);
        kept = null;
      }
    }

    @Override
    public synchronized void read(ByteBuffer dst, long offset) throws IOException {
      writeKept();
      next.read(dst, offset);
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
  static final class BufferKept extends FilterBlockDevice {
    private ByteBuffer kept;
    private long keptAt;

    BufferKept(BlockDevice next) {
      super(next);
    }

    @Override
    public synchronized void write(ByteBuffer src, long offset, Flags flags) throws IOException {
      writeKept();
      kept = src.slice();
      keptAt = offset;
    }

    private void writeKept() throws IOException {
      if (kept != null) {
        next.write(kept, keptAt, Flags.NONE);
        kept = null;
      }
    }

    @Override
    public synchronized void read(ByteBuffer dst, long offset) throws IOException {
      writeKept();
      next.read(dst, offset);
    }

    @Override
    public synchronized void flush() throws IOException {
      writeKept();
      next.flush();
    }
  }
}
