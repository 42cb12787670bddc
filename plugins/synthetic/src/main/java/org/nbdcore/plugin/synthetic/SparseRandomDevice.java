package org.nbdcore.plugin.synthetic;

import java.nio.ByteBuffer;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ZeroCopyReadable;
import org.nbdcore.spi.Zeroes;

/** Runs of random data with holes between them. Writes must contain the same data. */
final class SparseRandomDevice extends ComputedDevice implements ZeroCopyReadable {

  static final Capabilities HOLES = READING.withExtents(true).withFlush(true);

  static final Capabilities WRITING =
      HOLES.withWrite(true).withFua(Support.NATIVE).withTrim(true).withZero(Support.NATIVE);

  private final DataRuns runs;
  private final BlockContent content;
  private final long block;

  SparseRandomDevice(long size, DataRuns runs, BlockContent content, Capabilities capabilities) {
    super(size, capabilities);
    this.runs = runs;
    this.content = content;
    this.block = runs.blockSize();
  }

  @Override
  public void read(ByteBuffer dst, long offset) {
    int end = dst.limit();
    long at = offset;
    while (dst.position() < end) {
      int step = (int) Math.min(end - dst.position(), block - at % block);
      dst.limit(dst.position() + step);
      if (runs.data(at / block)) {
        content.fill(dst, at);
      } else {
        Zeroes.fill(dst);
      }
      at += step;
    }
    dst.limit(end);
  }

  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) {
    if (!isHole(offset, length)) {
      return false;
    }
    buffers.addZeroes(length);
    return true;
  }

  /** True if the whole range is a hole. */
  private boolean isHole(long offset, long length) {
    long last = (offset + length - 1) / block;
    for (long number = offset / block; number <= last; number = runs.next(number)) {
      if (runs.data(number)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws NbdException {
    checkWritable();
    int end = src.limit();
    long at = offset;
    while (src.position() < end) {
      int step = (int) Math.min(end - src.position(), block - at % block);
      src.limit(src.position() + step);
      if (!matches(src, at, step)) {
        src.limit(end);
        throw new NbdException(
            NbdError.EIO, "the data written at " + at + " differs from the contents of this disk");
      }
      src.position(src.limit());
      at += step;
    }
    src.limit(end);
  }

  private void checkWritable() throws NbdException {
    if (!capabilities().write()) {
      throw new NbdException(NbdError.EPERM, "this disk was opened for reading");
    }
  }

  private boolean matches(ByteBuffer src, long at, int length) {
    return runs.data(at / block)
        ? LongSequence.match(src, at, content)
        : Zeroes.isZero(src, src.position(), length);
  }

  @Override
  public void flush() {}

  @Override
  public void trim(long offset, long length, Flags flags) throws NbdException {
    checkHole(offset, length);
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws NbdException {
    checkHole(offset, length);
  }

  private void checkHole(long offset, long length) throws NbdException {
    checkWritable();
    if (!isHole(offset, length)) {
      throw new NbdException(
          NbdError.EIO, "this disk holds data between " + offset + " and " + (offset + length));
    }
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) {
    long end = offset + length;
    long number = offset / block;
    boolean more = true;
    for (long at = offset; more && at < end; ) {
      boolean data = runs.data(number);
      number = runs.next(number);
      long to = number > (end - 1) / block ? end : number * block;
      more = sink.add(at, to - at, data ? ExtentSink.DATA : ExtentSink.HOLE | ExtentSink.ZERO);
      more &= !flags.has(Flags.REQ_ONE);
      at = to;
    }
  }
}
