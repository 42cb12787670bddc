package org.nbdcore.filter.composition;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;

/** Devices that cache data which others may have changed. */
final class StaleDevices {

  private StaleDevices() {}

  /** Caches the data that follows a read, and ignores later writes to it. */
  static final class Readahead extends FilterBlockDevice {
    private final int size;
    private final ByteBuffer ahead;
    private final BitSet known = new BitSet();

    Readahead(BlockDevice next) throws IOException {
      super(next);
      size = (int) next.size() / Stack.BLOCK * Stack.BLOCK;
      ahead = ByteBuffer.allocateDirect(size);
    }

    @Override
    public synchronized void read(ByteBuffer dst, long offset) throws IOException {
      int end = (int) offset + dst.remaining();
      int following = (end + Stack.BLOCK - 1) / Stack.BLOCK;
      if (known.get(following - 1) && offset >= (following - 1) * Stack.BLOCK) {
        dst.put(ahead.slice((int) offset, dst.remaining()));
        return;
      }
      next.read(dst, offset);
      if ((following + 1) * Stack.BLOCK <= size && !known.get(following)) {
        next.read(ahead.slice(following * Stack.BLOCK, Stack.BLOCK), following * Stack.BLOCK);
        known.set(following);
      }
    }
  }

  /** Caches extents, and ignores later writes. */
  static final class ExtentsOnce extends FilterBlockDevice {
    private Extents known;

    ExtentsOnce(BlockDevice next) {
      super(next);
    }

    @Override
    public synchronized void extents(long offset, long length, Flags flags, ExtentSink sink)
        throws IOException {
      if (known == null) {
        long unit = next.capabilities().blockSizes().minimum();
        long size = next.size() / unit * unit;
        known = new Extents(0, size, Integer.MAX_VALUE);
        while (known.position() < size) {
          next.extents(known.position(), size - known.position(), Flags.NONE, known);
        }
      }
      long at = 0;
      for (int i = 0; i < known.size(); i++) {
        if (at + known.length(i) > offset) {
          sink.add(at, known.length(i), known.type(i));
        }
        at += known.length(i);
      }
    }
  }

  /** Caches reads for its connection, and ignores writes of other connections. */
  static final class ConnectionCache extends FilterBlockDevice {
    private final int size;
    private final ByteBuffer known;
    private boolean filled;

    ConnectionCache(BlockDevice next) throws IOException {
      super(next);
      long unit = next.capabilities().blockSizes().minimum();
      size = (int) (next.size() / unit * unit);
      known = ByteBuffer.allocateDirect(size);
    }

    private synchronized void fill() throws IOException {
      for (int at = 0; !filled && at < size; at += Stack.BLOCK) {
        next.read(known.slice(at, Math.min(Stack.BLOCK, size - at)), at);
      }
      filled = true;
    }

    @Override
    public synchronized void read(ByteBuffer dst, long offset) throws IOException {
      fill();
      dst.put(known.slice((int) offset, dst.remaining()));
    }

    @Override
    public synchronized void write(ByteBuffer src, long offset, Flags flags) throws IOException {
      fill();
      known.slice((int) offset, src.remaining()).put(src.duplicate());
      next.write(src, offset, flags);
    }

    @Override
    public synchronized void trim(long offset, long length, Flags flags) throws IOException {
      next.trim(offset, length, flags);
      filled = false;
    }

    @Override
    public synchronized void zero(long offset, long length, Flags flags) throws IOException {
      next.zero(offset, length, flags);
      filled = false;
    }
  }
}
