package org.nbdcore.filter.common;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ThreadModel;

/**
 * A disk in memory that checks the contract of {@link BlockDevice}: a call out of range, unaligned,
 * too long or not offered is an {@link AssertionError}. It records its calls, and a hook may fail
 * or delay them.
 */
public final class ModelDisk implements Backend {

  /** Everything that a device can do. */
  public static final Capabilities ALL = Capabilities.all();

  /** Called before each operation. */
  public interface Hook {
    void before(String operation, long offset, long length, Flags flags) throws IOException;
  }

  private static final int GRANULE = 64;

  public final byte[] bytes;
  public final Queue<String> calls = new ConcurrentLinkedQueue<>();
  public final List<OpenRequest> opened = new ArrayList<>();
  public final AtomicInteger open = new AtomicInteger();
  public volatile Capabilities capabilities = ALL;
  public volatile Hook hook = (operation, offset, length, flags) -> {};

  /** Called once a read, write, trim or zero is done, just before it returns. */
  public volatile Hook afterwards = (operation, offset, length, flags) -> {};

  /** Breaches of the contract, in case the calling thread swallows the error. */
  public final Queue<AssertionError> breaches = new ConcurrentLinkedQueue<>();

  public volatile ThreadModel threadModel = ThreadModel.PARALLEL;
  private final boolean[] allocated;

  public ModelDisk(int size) {
    bytes = new byte[size];
    allocated = new boolean[size / GRANULE + 1];
  }

  /** A disk that contains these bytes. */
  public static ModelDisk holding(byte[] contents) {
    ModelDisk disk = new ModelDisk(contents.length);
    System.arraycopy(contents, 0, disk.bytes, 0, contents.length);
    return disk;
  }

  public ModelDisk with(Capabilities value) {
    capabilities = value;
    return this;
  }

  public ModelDisk withBlockSizes(int minimum, int preferred, long maximum) {
    return with(capabilities.withBlockSizes(BlockSizes.of(minimum, preferred, maximum)));
  }

  /** Fills the disk with bytes that depend on their offset and on {@code seed}. */
  public ModelDisk fill(int seed) {
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = at(seed, i);
    }
    java.util.Arrays.fill(allocated, true);
    return this;
  }

  /** What {@link #fill} puts at an offset. */
  public static byte at(int seed, long offset) {
    return (byte) (seed + offset * 31 + (offset >> 8) * 7);
  }

  /** Marks a range as data or hole for {@code extents}, without changing what is read. */
  public void allocate(int from, int to, boolean data) {
    for (int i = from / GRANULE; i * GRANULE < to; i++) {
      allocated[i] = data;
    }
  }

  /** Fails the next calls of an operation with {@code planted in OPERATION}. */
  public void failNext(String operation, int times) {
    AtomicInteger remaining = new AtomicInteger(times);
    hook =
        (called, offset, length, flags) -> {
          if (called.equals(operation) && remaining.getAndDecrement() > 0) {
            throw new IOException("planted in " + operation);
          }
        };
  }

  /** Removes and returns the recorded calls; opens and closes are not recorded. */
  public List<String> drainCalls() {
    List<String> drained = new ArrayList<>();
    for (String call = calls.poll(); call != null; call = calls.poll()) {
      drained.add(call);
    }
    return drained;
  }

  @Override
  public synchronized BlockDevice open(OpenRequest request) throws IOException {
    hook.before("open", 0, 0, Flags.NONE);
    opened.add(request);
    open.incrementAndGet();
    return new Device(request.readOnly());
  }

  /** The same disk, which also offers zero-copy reads. */
  public Backend zeroCopy() {
    return request ->
        new PassThroughDevice(open(request)) {
          @Override
          public boolean readZeroCopy(long offset, long length, BufferList buffers) {
            buffers.add(ByteBuffer.wrap(bytes, (int) offset, (int) length));
            return true;
          }
        };
  }

  private AssertionError breach(String message) {
    AssertionError error = new AssertionError(message);
    breaches.add(error);
    return error;
  }

  @Override
  public ThreadModel threadModel() {
    return threadModel;
  }

  private void enter(String operation, long offset, long length, Flags flags, boolean offered)
      throws IOException {
    if (!offered) {
      throw breach(operation + " was called though it is not offered");
    }
    if (offset < 0 || length <= 0 || offset > bytes.length - length) {
      throw breach(operation + " out of range: " + offset + "+" + length);
    }
    BlockSizes sizes = capabilities.blockSizes();
    if (offset % sizes.minimum() != 0 || length % sizes.minimum() != 0) {
      throw breach(operation + " is not aligned: " + offset + "+" + length);
    }
    boolean data = operation.equals("read") || operation.equals("write");
    if (data && length > sizes.maximum()) {
      throw breach(operation + " is too long: " + length);
    }
    if (flags.has(Flags.FUA) && capabilities.fua() != Support.NATIVE) {
      throw breach(operation + " with FUA, which is not offered");
    }
    if (flags.has(Flags.FAST_ZERO) && !capabilities.fastZero()) {
      throw breach(operation + " with FAST_ZERO, which is not offered");
    }
    calls.add(operation + " " + offset + "+" + length + (flags.isEmpty() ? "" : " flags=" + flags));
    hook.before(operation, offset, length, flags);
  }

  private final class Device implements BlockDevice {

    private final boolean readOnly;
    private volatile boolean closed;

    private Device(boolean readOnly) {
      this.readOnly = readOnly;
    }

    private void check() {
      if (closed) {
        throw breach("used after close");
      }
    }

    private boolean writable() {
      check();
      return capabilities.write() && !readOnly;
    }

    @Override
    public long size() {
      check();
      return bytes.length;
    }

    @Override
    public Capabilities capabilities() {
      check();
      return readOnly ? capabilities.withWrite(false) : capabilities;
    }

    @Override
    public void read(ByteBuffer dst, long offset) throws IOException {
      check();
      try {
        enter("read", offset, dst.remaining(), Flags.NONE, true);
      } catch (IOException e) {
        while (dst.hasRemaining()) {
          dst.put((byte) 0x5a); // what a failed read leaves behind is undefined
        }
        throw e;
      }
      int length = dst.remaining();
      dst.put(bytes, (int) offset, length);
      afterwards.before("read", offset, length, Flags.NONE);
    }

    @Override
    public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
      int length = src.remaining();
      try {
        enter("write", offset, length, flags, writable());
      } catch (IOException e) {
        src.get(bytes, (int) offset, length / 2); // half of it was written
        throw e;
      }
      src.get(bytes, (int) offset, length);
      allocate((int) offset, (int) offset + length, true);
      afterwards.before("write", offset, length, flags);
    }

    @Override
    public void flush() throws IOException {
      if (!writable() || !capabilities.flush()) {
        throw breach("flush was called though it is not offered");
      }
      calls.add("flush");
      hook.before("flush", 0, 0, Flags.NONE);
    }

    @Override
    public void trim(long offset, long length, Flags flags) throws IOException {
      enter("trim", offset, length, flags, writable() && capabilities.trim());
      erase(offset, length);
      afterwards.before("trim", offset, length, flags);
    }

    @Override
    public void zero(long offset, long length, Flags flags) throws IOException {
      boolean offered = writable() && capabilities.zero() == Support.NATIVE;
      enter("zero", offset, length, flags, offered);
      erase(offset, length);
      afterwards.before("zero", offset, length, flags);
    }

    private void erase(long offset, long length) {
      int from = (int) offset;
      int to = (int) (offset + length);
      java.util.Arrays.fill(bytes, from, to, (byte) 0);
      int first = (from + GRANULE - 1) / GRANULE * GRANULE;
      int last = to == bytes.length ? to : to / GRANULE * GRANULE;
      if (first < last) {
        allocate(first, last, false);
      }
    }

    @Override
    public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
      check();
      enter("extents", offset, length, flags, capabilities.extents());
      long end = offset + length;
      for (long at = offset / GRANULE * GRANULE; at < end; at += GRANULE) {
        int type = allocated[(int) (at / GRANULE)] ? 0 : ExtentSink.HOLE | ExtentSink.ZERO;
        if (!sink.add(at, GRANULE, type)) {
          return;
        }
      }
    }

    @Override
    public void cache(long offset, long length) throws IOException {
      check();
      enter("cache", offset, length, Flags.NONE, capabilities.cache() == Support.NATIVE);
    }

    @Override
    public void close() throws IOException {
      check();
      closed = true;
      open.decrementAndGet();
    }
  }
}
