package org.nbdcore.chain;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.LostWritesException;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.Zeroes;

/**
 * Does with a device's other operations what it cannot do itself: fua by a flush, zero by writing
 * zeroes, cache by reading. It works in pieces and checks between them that the client is
 * connected, so even the longest request ends with its connection.
 */
final class EmulatingDevice extends PassThroughDevice {

  /** The most that one read or write of an emulated operation moves; a multiple of any minblock. */
  static final int CHUNK = Zeroes.LARGEST_BUFFER;

  /** The most that one read of a long cache request moves, the longest that a client may send. */
  static final int LARGE_CHUNK = 64 << 20;

  /**
   * One buffer for the long cache requests of all devices, allocated on first use. It is as large
   * as the largest read, so a slow device gets few calls. A request that finds it in use reads in
   * small pieces meanwhile.
   */
  private static final class LargeScratch {
    static final AtomicReference<ByteBuffer> FREE = new AtomicReference<>(allocate());

    private static @Nullable ByteBuffer allocate() {
      try {
        return ByteBuffer.allocateDirect(LARGE_CHUNK);
      } catch (OutOfMemoryError e) {
        return null; // as if it were in use for ever
      }
    }
  }

  private final Session session;
  private final Capabilities capabilities;
  private final boolean emulateFua;
  private final boolean emulateZero;
  private final boolean emulateCache;
  private final boolean flushable;
  private final int chunk;
  private final long maximum;

  /** Buffer for short emulated cache requests; one is kept for reuse. */
  private final AtomicReference<ByteBuffer> scratch = new AtomicReference<>();

  /**
   * Lost writes that a flush of the server's own has reported; the next flush of the client must
   * report them too.
   */
  private final AtomicReference<LostWritesException> lost = new AtomicReference<>();

  EmulatingDevice(BlockDevice next, Session session, Capabilities inner, Capabilities outer) {
    super(next);
    this.session = session;
    this.capabilities = outer;
    this.emulateFua = inner.fua() == Support.EMULATE;
    this.emulateZero = inner.zero() == Support.EMULATE;
    this.emulateCache = inner.cache() == Support.EMULATE;
    this.flushable = inner.flush();
    this.maximum = inner.blockSizes().maximum();
    this.chunk = (int) Math.min(CHUNK, maximum);
  }

  @Override
  public Capabilities capabilities() {
    return capabilities;
  }

  @Override
  public boolean writeAsync(ByteBuffer src, long offset, Flags flags, CompletionHandler completion)
      throws IOException {
    boolean flushed = emulateFua && flags.has(Flags.FUA); // which is to be waited for
    return !flushed && super.writeAsync(src, offset, flags, completion);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    next.write(src, offset, withoutEmulatedFua(flags));
    flushIfFua(flags);
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    next.trim(offset, length, withoutEmulatedFua(flags));
    flushIfFua(flags);
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    if (emulateZero) {
      writeZeroes(offset, length, flags);
    } else {
      next.zero(offset, length, withoutEmulatedFua(flags));
      flushIfFua(flags);
    }
  }

  private void writeZeroes(long offset, long length, Flags flags) throws IOException {
    if (flags.has(Flags.FAST_ZERO)) {
      throw new NbdException(
          NbdError.ENOTSUP, "zeroes are written out on this disk, which is not fast");
    }
    boolean fua = flags.has(Flags.FUA);
    Flags writeFlags = fua && !flushable ? Flags.FUA : Flags.NONE;
    long end = offset + length;
    int step;
    for (long at = offset; at < end; at += step) {
      requireConnected(at, offset);
      step = (int) Math.min(chunk, end - at);
      next.write(Zeroes.buffer(step), at, writeFlags);
    }
    if (fua && flushable) {
      flushBelow(); // once, rather than after each write
    }
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    if (!emulateCache) {
      next.cache(offset, length);
      return;
    }
    AtomicReference<ByteBuffer> home = length > CHUNK ? LargeScratch.FREE : scratch;
    ByteBuffer buffer = home.getAndSet(null);
    if (buffer == null) {
      home = scratch;
      buffer = scratch.getAndSet(null);
    }
    if (buffer == null) {
      buffer = ByteBuffer.allocateDirect(CHUNK);
    }
    try {
      readAll(offset, length, buffer);
    } finally {
      home.set(buffer);
    }
  }

  private void readAll(long offset, long length, ByteBuffer buffer) throws IOException {
    int most = (int) Math.min(buffer.capacity(), maximum);
    long end = offset + length;
    int step;
    for (long at = offset; at < end; at += step) {
      requireConnected(at, offset);
      step = (int) Math.min(most, end - at);
      next.read(buffer.clear().limit(step), at);
    }
  }

  /**
   * A request of one step always completes. A longer one stops when the client has disconnected.
   */
  private void requireConnected(long at, long offset) throws NbdException {
    if (at > offset) {
      session.requireConnected();
    }
  }

  private Flags withoutEmulatedFua(Flags flags) {
    return emulateFua ? flags.without(Flags.FUA) : flags;
  }

  private void flushIfFua(Flags flags) throws IOException {
    if (emulateFua && flags.has(Flags.FUA) && flushable) {
      flushBelow();
    }
  }

  private void flushBelow() throws IOException {
    try {
      next.flush();
    } catch (LostWritesException e) {
      lost.set(e);
      throw e;
    }
  }

  /** A loss that a request with FUA has met is about other writes too. */
  @Override
  public void flush() throws IOException {
    next.flush();
    LostWritesException untold = lost.getAndSet(null);
    if (untold != null) {
      throw new LostWritesException(String.valueOf(untold.getMessage()), untold);
    }
  }
}
