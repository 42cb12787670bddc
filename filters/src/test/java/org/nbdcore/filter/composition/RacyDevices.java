package org.nbdcore.filter.composition;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;

/** Devices that work only for one thread. */
final class RacyDevices {

  private RacyDevices() {}

  /** Reads whole blocks, changes them and writes them back, without a lock. */
  static final class UnlockedMerge extends FilterBlockDevice {

    UnlockedMerge(BlockDevice next) {
      super(next);
    }

    @Override
    public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
      long start = offset / Stack.BLOCK * Stack.BLOCK;
      long end = Math.min(next.size(), start + Stack.BLOCK);
      if (offset + src.remaining() > end) {
        next.write(src, offset, flags);
        return;
      }
      ByteBuffer block = ByteBuffer.allocateDirect((int) (end - start));
      next.read(block, start);
      Thread.yield();
      block.clear().position((int) (offset - start)).put(src);
      next.write(block.clear(), start, flags);
    }
  }

  /** Bounces writes through a buffer that threads share. */
  static final class SharedBuffer extends FilterBlockDevice {
    private final ByteBuffer bounce = ByteBuffer.allocateDirect(1 << 20);

    SharedBuffer(BlockDevice next) {
      super(next);
    }

    @Override
    public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
      int length = src.remaining();
      for (int i = 0; i < length; i++) {
        bounce.put(i, src.get(src.position() + i));
      }
      Thread.yield();
      next.write(bounce.duplicate().limit(length).position(0), offset, flags);
    }
  }
}
