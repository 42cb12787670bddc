package org.nbdcore.filter.cow;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.filter.common.Below;
import org.nbdcore.filter.common.Blocks;
import org.nbdcore.filter.common.FileSwitch;
import org.nbdcore.filter.common.RangeLocks;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Loan;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;

/**
 * Reads what the overlay has from there and the rest from the disk below; writes, zeroes and trims
 * change the overlay only. A flush does nothing, as nothing outlives the server.
 */
final class CowDevice extends FilterBlockDevice {

  private static final Log LOG = Log.of("cow");
  private static final int MAX_RUNS = 4096;

  private final Overlay overlay;
  private final int blockSize;
  private final long size;
  private final boolean onCache;
  private final FileSwitch onRead;
  private final Capabilities below;
  private final long longest;

  CowDevice(BlockDevice next, Overlay overlay, boolean onCache, FileSwitch onRead)
      throws IOException {
    super(next);
    this.overlay = overlay;
    this.blockSize = overlay.blockSize();
    this.onCache = onCache;
    this.onRead = onRead;
    this.below = next.capabilities();
    // what sticks out behind the last of these blocks can be neither read nor written
    this.size = Blocks.down(overlay.size(), below.blockSizes().minimum());
    this.longest = Blocks.down(below.blockSizes().maximum(), below.blockSizes().minimum());
  }

  @Override
  public Capabilities capabilities() {
    Support cache = onCache ? Support.NATIVE : below.cache();
    BlockSizes sizes = below.blockSizes().withMaximum(BlockSizes.UNLIMITED);
    return Capabilities.readWrite()
        .withFlush(true)
        .withTrim(true)
        .withZero(Support.NATIVE)
        .withFastZero(true)
        .withFua(Support.NATIVE)
        .withExtents(true)
        .withCache(cache)
        .withCacheDiscards(!onCache && below.cacheDiscards())
        .withMultiConn(true)
        .withRotational(below.rotational())
        .withBlockSizes(sizes);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    long end = offset + dst.remaining();
    if (onRead.on()) {
      copyUpIfPossible(offset, end);
    }
    int last = dst.limit();
    long uncovered = offset;
    for (long at = offset; at < end; ) {
      long stop = Math.min(end, blockEnd(at));
      Overlay.Place place = overlay.find(at / blockSize);
      if (place != null) {
        readBelow(dst, uncovered, at);
        int upTo = dst.position() + (int) (stop - at);
        overlay.read(place, inBlock(at), dst.limit(upTo));
        dst.limit(last);
        uncovered = stop;
      }
      at = stop;
    }
    readBelow(dst, uncovered, end);
  }

  private void readBelow(ByteBuffer dst, long from, long to) throws IOException {
    if (from < to) {
      int last = dst.limit();
      int upTo = dst.position() + (int) (to - from);
      Below.read(next, longest, dst.limit(upTo), from);
      dst.limit(last);
    }
  }

  /** Nothing of the overlay is lent. */
  @Override
  public boolean lend(long offset, long length, Loan loan) throws IOException {
    if (onRead.on() || length > longest) {
      return false;
    }
    for (long at = offset; at < offset + length; at = blockEnd(at)) {
      if (overlay.find(at / blockSize) != null) {
        return false;
      }
    }
    return next.lend(offset, length, loan);
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    long end = offset + src.remaining();
    int last = src.limit();
    for (long at = offset; at < end; ) {
      long stop = Math.min(end, blockEnd(at));
      src.limit(src.position() + (int) (stop - at));
      writeInBlock(src, at, stop);
      src.limit(last);
      at = stop;
    }
  }

  /** Writes what lies within one block; a null {@code src} stands for zeroes. */
  private void writeInBlock(ByteBuffer src, long from, long to) throws IOException {
    RangeLocks.Held held = lock(from, to);
    try {
      Overlay.Place place = overlay.find(from / blockSize);
      if (place != null && src != null) {
        overlay.write(place, inBlock(from), src);
        return;
      }
      if (place != null && place.zero()) {
        return;
      }
      ByteBuffer block = overlay.pool().acquire(blockSize);
      try {
        if (place != null) {
          zeroFill(block, 0, (int) (to - from));
          overlay.write(place, inBlock(from), block.clear().limit((int) (to - from)));
          return;
        }
        load(block, from, to);
        if (src == null) {
          zeroFill(block, inBlock(from), (int) (to - from));
        } else {
          block.clear().position(inBlock(from)).put(src);
        }
        overlay.add(from / blockSize, block.clear());
      } finally {
        overlay.pool().release(block);
      }
    } finally {
      overlay.locks().release(held);
    }
  }

  /** Fills a buffer with the block as the disk below has it, unless all of it is overwritten. */
  private void load(ByteBuffer block, long from, long to) throws IOException {
    long start = Blocks.down(from, blockSize);
    long stop = Math.min(start + blockSize, size);
    if (from == start && to == stop) {
      return;
    }
    Below.read(next, longest, block.clear().limit((int) (stop - start)), start);
  }

  private static void zeroFill(ByteBuffer buffer, int from, int length) {
    buffer.clear();
    for (int i = from; i < from + length; i++) {
      buffer.put(i, (byte) 0);
    }
  }

  @Override
  public void flush() {}

  /** Whole blocks of the overlay become holes; the rest stays, as trim allows. */
  @Override
  public void trim(long offset, long length, int flags) {
    long end = offset + length;
    long start = Blocks.up(offset, blockSize);
    long stop = end == size ? end : Blocks.down(end, blockSize);
    for (long at = start; at < stop; at = blockEnd(at)) {
      if (overlay.find(at / blockSize) != null) {
        zeroBlock(at);
      }
    }
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    long end = offset + length;
    long start = Math.min(end, Blocks.up(offset, blockSize));
    long stop = end == size ? end : Math.max(start, Blocks.down(end, blockSize));
    if ((flags & Flags.FAST_ZERO) != 0 && (start > offset || stop < end)) {
      throw new NbdException(
          NbdError.ENOTSUP, "zeroes that do not fill blocks of " + blockSize + " are not fast");
    }
    if (start > offset) {
      writeInBlock(null, offset, start);
    }
    zeroBlocks(start, stop);
    if (stop < end) {
      writeInBlock(null, stop, end);
    }
  }

  private void zeroBlocks(long start, long stop) {
    for (long at = start; at < stop; at = blockEnd(at)) {
      zeroBlock(at);
    }
  }

  private void zeroBlock(long at) {
    RangeLocks.Held held = lock(at, at + 1);
    try {
      overlay.zero(at / blockSize);
    } finally {
      overlay.locks().release(held);
    }
  }

  @Override
  public void extents(long offset, long length, int flags, ExtentSink sink) throws IOException {
    long end = offset + length;
    long at = offset;
    while (at < end && !sink.full()) {
      Overlay.Place place = overlay.find(at / blockSize);
      long stop = Math.min(end, blockEnd(at));
      if (place != null) {
        sink.add(at, stop - at, place.zero() ? ExtentSink.HOLE | ExtentSink.ZERO : ExtentSink.DATA);
        at = stop;
        continue;
      }
      while (stop < end && overlay.find(stop / blockSize) == null) {
        stop = Math.min(end, blockEnd(stop));
      }
      if (!below.extents()) {
        sink.add(at, stop - at, ExtentSink.DATA);
        at = stop;
        continue;
      }
      long reached = extentsBelow(at, stop - at, flags, sink);
      if (reached < stop) {
        return;
      }
      at = stop;
    }
  }

  private long extentsBelow(long offset, long length, int flags, ExtentSink sink)
      throws IOException {
    Extents found = new Extents(offset, length, MAX_RUNS);
    next.extents(offset, length, flags, found);
    long at = offset;
    for (int i = 0; i < found.size(); i++) {
      sink.add(at, found.length(i), found.type(i));
      at += found.length(i);
    }
    return at;
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    if (onCache) {
      copyUp(offset, offset + length);
    } else {
      next.cache(offset, length);
    }
  }

  /** Where nothing can be copied, the disk below may well be read nevertheless. */
  private void copyUpIfPossible(long from, long to) {
    try {
      copyUp(from, to);
    } catch (IOException e) {
      LOG.debug(() -> "copying at " + from + ": " + e);
    }
  }

  /** Copies the blocks that a range touches to the overlay, unless they are there. */
  private void copyUp(long from, long to) throws IOException {
    for (long at = from; at < to; at = blockEnd(at)) {
      if (overlay.find(at / blockSize) == null) {
        copyUp(at);
      }
    }
  }

  private void copyUp(long at) throws IOException {
    RangeLocks.Held held = lock(at, at + 1);
    try {
      if (overlay.find(at / blockSize) != null) {
        return;
      }
      ByteBuffer block = overlay.pool().acquire(blockSize);
      try {
        load(block, at, at);
        overlay.add(at / blockSize, block.clear());
      } finally {
        overlay.pool().release(block);
      }
    } finally {
      overlay.locks().release(held);
    }
  }

  private RangeLocks.Held lock(long from, long to) {
    return overlay.locks().exclusive(Blocks.down(from, blockSize), Blocks.up(to, blockSize));
  }

  private long blockEnd(long at) {
    return Blocks.down(at, blockSize) + blockSize;
  }

  private int inBlock(long at) {
    return (int) (at & (blockSize - 1));
  }
}
