package org.nbdcore.testkit;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Support;

/**
 * A disk in a byte array that checks its callers against the contract of BlockDevice: ranges,
 * alignment, flags, offered operations, and that no other thread touches a buffer during a call. A
 * violation throws an {@link AssertionError}, and is recorded in {@link #violations()}.
 *
 * <p>A disk that is {@link Capabilities#lenient} serves requests that are not multiples of its
 * minimum block size.
 *
 * <p>It records every data operation, and whether all changes are durable. Safe for use by several
 * threads. Each call is atomic, and lets other threads run before it.
 */
public final class ModelDevice implements BlockDevice {

  private static final Capabilities EVERYTHING = Capabilities.all();

  private final Capabilities capabilities;
  private final byte[] data; // this and the rest are guarded by this
  private final byte[] types;
  private final BitSet volatileBytes = new BitSet();
  private final List<RecordedCall> calls = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private boolean trimLeavesGarbage;
  private int closes;

  /**
   * A disk that supports every operation, and contains unallocated zeroes.
   *
   * @param size in bytes
   */
  public ModelDevice(int size) {
    this(size, EVERYTHING);
  }

  /** A disk of unallocated zeroes, with exactly the given capabilities. */
  public ModelDevice(int size, Capabilities capabilities) {
    this.data = new byte[size];
    this.types = new byte[size];
    this.capabilities = capabilities;
    Arrays.fill(types, (byte) (ExtentSink.HOLE | ExtentSink.ZERO));
  }

  /** The capabilities of a disk that supports every operation. */
  public static Capabilities everything() {
    return EVERYTHING;
  }

  /**
   * Fills the disk at random with data, holes and allocated zeroes.
   *
   * @return this
   */
  public synchronized ModelDevice fillRandomly(long seed) {
    Random random = new Random(seed);
    int unit = capabilities.blockSizes().minimum();
    for (int from = 0; from < data.length; ) {
      int to = (int) Math.min(data.length, from + (1L + random.nextInt(20000 / unit + 4)) * unit);
      switch (random.nextInt(4)) {
        case 0 -> set(from, to, ExtentSink.HOLE | ExtentSink.ZERO);
        case 1 -> set(from, to, ExtentSink.ZERO);
        default -> {
          byte[] bytes = new byte[to - from];
          random.nextBytes(bytes);
          System.arraycopy(bytes, 0, data, from, bytes.length);
          Arrays.fill(types, from, to, (byte) ExtentSink.DATA);
        }
      }
      from = to;
    }
    return this;
  }

  private void set(int from, int to, int type) {
    Arrays.fill(data, from, to, (byte) 0);
    Arrays.fill(types, from, to, (byte) type);
  }

  /**
   * From now on a trimmed range reads as garbage and is reported as a hole that does not read as
   * zeroes, which the contract allows.
   *
   * @return this
   */
  public synchronized ModelDevice trimLeavesGarbage() {
    trimLeavesGarbage = true;
    return this;
  }

  /** A copy of the contents. */
  public synchronized byte[] contents() {
    return data.clone();
  }

  /** The type of the extent that contains a byte, as in {@link ExtentSink}. */
  public synchronized int typeAt(long offset) {
    return types[Math.toIntExact(offset)];
  }

  /** True if every change is durable, by a flush or by {@link Flags#FUA}. */
  public synchronized boolean durable() {
    return volatileBytes.isEmpty();
  }

  /** The data operations so far, in order. */
  public synchronized List<RecordedCall> calls() {
    return List.copyOf(calls);
  }

  /** The calls of one operation so far, in order. */
  public synchronized List<RecordedCall> calls(Operation operation) {
    List<RecordedCall> found = new ArrayList<>();
    for (RecordedCall call : calls) {
      if (call.operation() == operation) {
        found.add(call);
      }
    }
    return found;
  }

  /** Forgets the calls so far. */
  public synchronized void clearCalls() {
    calls.clear();
  }

  /** Violations by callers. */
  public synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  /** The number of {@link #close} calls. */
  public synchronized int closes() {
    return closes;
  }

  @Override
  public long size() {
    return data.length;
  }

  @Override
  public Capabilities capabilities() {
    return capabilities;
  }

  @Override
  public void read(ByteBuffer dst, long offset) {
    byte[] expected = new byte[dst.remaining()];
    int start = dst.position();
    synchronized (this) {
      enter(
          true, new RecordedCall(Operation.READ, offset, expected.length, Flags.NONE), Flags.NONE);
      System.arraycopy(data, (int) offset, expected, 0, expected.length);
    }
    dst.put(expected);
    Thread.yield();
    watch(dst, start, expected, "changed the destination of a read that was in progress");
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) {
    byte[] bytes = new byte[src.remaining()];
    int start = src.position();
    src.get(bytes);
    Thread.yield();
    watch(src, start, bytes, "changed the source of a write that was in progress");
    synchronized (this) {
      enter(
          capabilities.write(),
          new RecordedCall(Operation.WRITE, offset, bytes.length, flags),
          Flags.NONE);
      System.arraycopy(bytes, 0, data, (int) offset, bytes.length);
      changed(offset, bytes.length, ExtentSink.DATA, flags);
    }
  }

  private void watch(ByteBuffer buffer, int start, byte[] expected, String what) {
    byte[] found = new byte[expected.length];
    buffer.get(start, found);
    if (!Arrays.equals(found, expected)) {
      throw violation("a caller " + what);
    }
  }

  @Override
  public synchronized void flush() {
    if (!capabilities.flush()) {
      throw violation("flush is not offered");
    }
    open(Operation.FLUSH);
    calls.add(new RecordedCall(Operation.FLUSH, 0, 0, Flags.NONE));
    volatileBytes.clear();
  }

  @Override
  public synchronized void trim(long offset, long length, Flags flags) {
    enter(
        capabilities.write() && capabilities.trim(),
        new RecordedCall(Operation.TRIM, offset, length, flags),
        Flags.NONE);
    int from = (int) offset;
    int to = (int) (offset + length);
    int type = ExtentSink.HOLE | (trimLeavesGarbage ? 0 : ExtentSink.ZERO);
    Arrays.fill(data, from, to, (byte) (trimLeavesGarbage ? 0x5b : 0));
    changed(offset, length, type, flags);
  }

  @Override
  public synchronized void zero(long offset, long length, Flags flags) {
    enter(
        capabilities.write() && capabilities.zero() == Support.NATIVE,
        new RecordedCall(Operation.ZERO, offset, length, flags),
        Flags.MAY_TRIM.with(capabilities.fastZero() ? Flags.FAST_ZERO : Flags.NONE));
    Arrays.fill(data, (int) offset, (int) (offset + length), (byte) 0);
    boolean hole = flags.has(Flags.MAY_TRIM);
    changed(offset, length, ExtentSink.ZERO | (hole ? ExtentSink.HOLE : 0), flags);
  }

  private void changed(long offset, long length, int type, Flags flags) {
    int from = (int) offset;
    int to = (int) (offset + length);
    Arrays.fill(types, from, to, (byte) type);
    volatileBytes.set(from, to, !flags.has(Flags.FUA));
  }

  @Override
  public synchronized void extents(long offset, long length, Flags flags, ExtentSink sink) {
    enter(
        capabilities.extents(),
        new RecordedCall(Operation.EXTENTS, offset, length, flags),
        Flags.REQ_ONE);
    int end = (int) (offset + length);
    boolean more = true;
    for (int from = (int) offset; from < end && more; ) {
      // The first byte that differs from the one before it.
      int same = Arrays.mismatch(types, from, types.length - 1, types, from + 1, types.length);
      int to = same < 0 ? types.length : from + 1 + same;
      more = sink.add(from, to - from, types[from]) && !flags.has(Flags.REQ_ONE);
      from = to;
    }
  }

  @Override
  public synchronized void cache(long offset, long length) {
    enter(
        capabilities.cache() == Support.NATIVE,
        new RecordedCall(Operation.CACHE, offset, length, Flags.NONE),
        Flags.NONE);
  }

  @Override
  public synchronized void close() {
    if (++closes > 1) {
      throw violation("closed " + closes + " times");
    }
  }

  private void enter(boolean offered, RecordedCall call, Flags otherFlags) {
    open(call.operation());
    calls.add(call);
    BlockSizes sizes = capabilities.blockSizes();
    long offset = call.offset();
    long length = call.length();
    boolean transfers = call.operation() == Operation.READ || call.operation() == Operation.WRITE;
    Flags allowed = otherFlags.with(capabilities.fua() == Support.NATIVE ? Flags.FUA : Flags.NONE);
    if (!offered) {
      throw violation(call + " is not offered");
    }
    if (offset < 0 || length <= 0 || length > data.length - offset) {
      throw violation(call + " is empty or outside of the disk of " + data.length + " bytes");
    }
    if (!capabilities.lenient()
        && (offset % sizes.minimum() != 0 || length % sizes.minimum() != 0)) {
      throw violation(call + " is not a multiple of the minimum block size " + sizes.minimum());
    }
    if (transfers && length > sizes.maximum()) {
      throw violation(call + " is longer than the maximum block size " + sizes.maximum());
    }
    if (!allowed.has(call.flags())) {
      throw violation(call + " has flags that are not offered");
    }
  }

  private void open(Operation operation) {
    if (closes > 0) {
      throw violation(operation + " after close");
    }
  }

  private synchronized AssertionError violation(String what) {
    violations.add(what);
    return new AssertionError(what);
  }
}
