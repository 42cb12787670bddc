package org.nbdcore.filter.cow;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.filter.common.BlockOverlayDevice;
import org.nbdcore.filter.common.FileSwitch;
import org.nbdcore.spi.AsyncBlockDevice;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ZeroCopyReadable;
import org.nbdcore.spi.Zeroes;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.RangeLocks;
import org.nbdcore.spi.helpers.SplitRequests;

/**
 * Reads blocks from the overlay if it has them, otherwise from the disk below. Writes, zeroes and
 * trims change only the overlay. A flush does nothing, because the overlay does not outlive the
 * server.
 */
final class CowDevice extends BlockOverlayDevice implements ZeroCopyReadable, AsyncBlockDevice {

  private static final Log LOG = Log.of("cow");

  private final Overlay overlay;
  private final boolean onCache;
  private final FileSwitch onRead;

  CowDevice(
      BlockDevice next,
      Overlay overlay,
      boolean onCache,
      FileSwitch onRead,
      Session session,
      Runnable afterClose)
      throws IOException {
    super(
        next,
        overlay.size(),
        overlay.blockSize(),
        overlay.locks(),
        overlay.pool(),
        session,
        afterClose);
    this.overlay = overlay;
    this.onCache = onCache;
    this.onRead = onRead;
  }

  @Override
  public Capabilities capabilities() {
    Support cache = onCache ? Support.NATIVE : below.cache();
    return Capabilities.all()
        .withCache(cache)
        .withCacheDiscards(!onCache && below.cacheDiscards())
        .withMultiConn(true)
        .withRotational(below.rotational())
        .withBlockSizes(blockSizes());
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    long end = offset + dst.remaining();
    boolean keeping = onRead.on();
    for (long at = offset; at < end; ) {
      OverlayRegion.State state = overlay.state(at);
      long stop = overlay.sameUntil(at, end, state);
      if (keeping && state == OverlayRegion.State.BELOW) {
        stop = readAndKeep(dst, at, stop);
      } else {
        read(dst, at, stop, state);
      }
      at = stop;
    }
  }

  private void read(ByteBuffer dst, long at, long stop, OverlayRegion.State state)
      throws IOException {
    int last = dst.limit();
    int length = (int) (stop - at);
    dst.limit(dst.position() + length);
    switch (state) {
      case BELOW -> readBelow(dst, at);
      case STORED -> overlay.read(at, dst);
      case ZERO -> {
        Zeroes.fill(dst, dst.position(), length);
        dst.position(dst.limit());
      }
    }
    dst.limit(last);
  }

  /**
   * Reads whole blocks directly into the client's buffer and stores them from there, with one call
   * for each step. A partially requested block is fetched as a whole. Returns the offset that it
   * has reached.
   */
  private long readAndKeep(ByteBuffer dst, long from, long to) throws IOException {
    long whole = inBlock(from) == 0 ? wholeBlocksEnd(to) : from;
    if (whole == from) {
      long stop = Math.min(to, blockEnd(from));
      storeAllIfPossible(from, stop, LOG);
      read(dst, from, stop, overlay.state(from));
      return stop;
    }
    RangeLocks.RangeLock held = lock(from, whole);
    try {
      for (long at = from; at < whole; ) {
        OverlayRegion.State state = overlay.state(at);
        long stop = overlay.sameUntil(at, whole, state);
        int start = dst.position();
        read(dst, at, stop, state);
        if (state == OverlayRegion.State.BELOW) {
          keepIfPossible(at, dst, start);
        }
        at = stop;
      }
    } finally {
      overlay.locks().release(held);
    }
    return whole;
  }

  /** Stores the bytes of {@code dst} between {@code start} and its position, if possible. */
  private void keepIfPossible(long at, ByteBuffer dst, int start) {
    int last = dst.limit();
    int stop = dst.position();
    try {
      overlay.enter(at, dst.position(start).limit(stop));
    } catch (IOException e) {
      LOG.debug(() -> "keeping what was read at " + at + ": " + e);
    } finally {
      dst.limit(last).position(stop);
    }
  }

  /**
   * Declines a zero-copy read that spans several states, because one part could decline it after
   * others have added data.
   */
  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    if (onRead.on()) {
      return false;
    }
    OverlayRegion.State state = overlay.state(offset);
    if (overlay.sameUntil(offset, offset + length, state) < offset + length) {
      return false;
    }
    switch (state) {
      case BELOW -> {
        return length <= longest && BlockDevices.readZeroCopy(next, offset, length, buffers);
      }
      case STORED -> {
        return overlay.readZeroCopy(offset, length, buffers);
      }
      default -> {
        buffers.addZeroes(length);
        return true;
      }
    }
  }

  @Override
  public boolean prefersAsync() {
    return BlockDevices.prefersAsync(next);
  }

  /** Asynchronous if the whole range is on the disk below and is not copied. */
  @Override
  public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
      throws IOException {
    int length = dst.remaining();
    long end = offset + length;
    return !onRead.on()
        && length <= longest
        && overlay.state(offset) == OverlayRegion.State.BELOW
        && overlay.sameUntil(offset, end, OverlayRegion.State.BELOW) == end
        && BlockDevices.readAsync(next, dst, offset, completion);
  }

  /** Writes never reach the disk below. */
  @Override
  public boolean writeAsync(ByteBuffer src, long offset, Flags flags, CompletionHandler handler) {
    return false;
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    long end = offset + src.remaining();
    RangeLocks.RangeLock held = lock(offset, end);
    try {
      writeLocked(src, offset, end);
    } finally {
      overlay.locks().release(held);
    }
  }

  private void writeLocked(ByteBuffer src, long from, long to) throws IOException {
    int last = src.limit();
    for (long at = from; at < to; ) {
      OverlayRegion.State state = overlay.state(at);
      long stop = overlay.sameUntil(at, to, state);
      long whole = inBlock(at) == 0 ? wholeBlocksEnd(stop) : at;
      if (state != OverlayRegion.State.STORED) {
        stop = whole > at ? whole : Math.min(stop, blockEnd(at));
      }
      src.limit(src.position() + (int) (stop - at));
      if (state == OverlayRegion.State.STORED) {
        overlay.write(at, src);
      } else if (whole > at) {
        overlay.enter(at, src);
      } else {
        complete(src, at, stop, state);
      }
      src.limit(last);
      at = stop;
    }
  }

  /** Adds a block that is only partly written. A null {@code src} means zeroes. */
  private void complete(ByteBuffer src, long from, long to, OverlayRegion.State state)
      throws IOException {
    long start = blockStart(from);
    ByteBuffer block = overlay.pool().acquire(blockSize);
    try {
      if (state == OverlayRegion.State.ZERO) {
        Zeroes.fill(block, 0, length(start));
      } else {
        load(block, start);
      }
      if (src == null) {
        Zeroes.fill(block, inBlock(from), (int) (to - from));
      } else {
        block.clear().position(inBlock(from)).put(src);
      }
      overlay.enter(start, block.clear().limit(length(start)));
    } finally {
      overlay.pool().release(block);
    }
  }

  @Override
  public void flush() {}

  /**
   * Whole blocks become holes, also those that only the disk below has, so that later reads do not
   * fetch trimmed data. Partial blocks stay unchanged, which trim allows.
   */
  @Override
  public void trim(long offset, long length, Flags flags) {
    long start = inBlock(offset) == 0 ? offset : blockEnd(offset);
    long end = wholeBlocksEnd(offset + length);
    if (start >= end) {
      return;
    }
    RangeLocks.RangeLock held = lock(start, end);
    try {
      overlay.zero(start, end - start);
    } finally {
      overlay.locks().release(held);
    }
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    long end = offset + length;
    long start = inBlock(offset) == 0 ? offset : Math.min(end, blockEnd(offset));
    long stop = Math.max(start, wholeBlocksEnd(end));
    if (flags.has(Flags.FAST_ZERO) && (start > offset || stop < end)) {
      throw new NbdException(
          NbdError.ENOTSUP, "zeroes that do not fill blocks of " + blockSize + " are not fast");
    }
    if (start > offset) {
      zeroPart(offset, start);
    }
    if (stop > start) {
      RangeLocks.RangeLock held = lock(start, stop);
      try {
        overlay.zero(start, stop - start);
      } finally {
        overlay.locks().release(held);
      }
    }
    if (stop < end) {
      zeroPart(stop, end);
    }
  }

  /** Makes a part of one block read as zeroes. */
  private void zeroPart(long from, long to) throws IOException {
    RangeLocks.RangeLock held = lock(from, to);
    try {
      OverlayRegion.State state = overlay.state(from);
      if (state == OverlayRegion.State.BELOW) {
        complete(null, from, to, state);
      } else if (state == OverlayRegion.State.STORED) {
        withZeroes((int) (to - from), zeroes -> overlay.write(from, zeroes));
      }
    } finally {
      overlay.locks().release(held);
    }
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    long end = offset + length;
    long at = offset;
    while (at < end && !sink.full()) {
      OverlayRegion.State state = overlay.state(at);
      long stop = overlay.sameUntil(at, end, state);
      if (state == OverlayRegion.State.ZERO) {
        sink.add(at, stop - at, ExtentSink.HOLE | ExtentSink.ZERO);
      } else if (state == OverlayRegion.State.STORED || !below.extents()) {
        sink.add(at, stop - at, ExtentSink.DATA);
      } else if (SplitRequests.extents(next, at, stop - at, flags, sink) < stop) {
        return;
      }
      at = stop;
    }
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    if (onCache) {
      storeAll(offset, offset + length);
    } else {
      next.cache(offset, length);
    }
  }

  @Override
  protected boolean isStored(long at) {
    return overlay.state(at) != OverlayRegion.State.BELOW;
  }

  @Override
  protected long sameUntil(long at, long end) {
    return overlay.sameUntil(at, end, overlay.state(at));
  }

  @Override
  protected void store(long start, ByteBuffer blocks) throws IOException {
    overlay.enter(start, blocks);
  }
}
