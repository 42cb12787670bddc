package org.nbdcore.spi.helpers;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.PassThroughDevice;

/** A range of another disk, as a disk. */
final class RangeDevice extends PassThroughDevice {

  private final long start;
  private final long size;

  RangeDevice(BlockDevice next, long start, long size) {
    super(next);
    this.start = start;
    this.size = size;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    next.read(dst, offset + start);
  }

  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    return super.readZeroCopy(offset + start, length, buffers);
  }

  @Override
  public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler handler)
      throws IOException {
    return super.readAsync(dst, offset + start, handler);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    next.write(src, offset + start, flags);
  }

  @Override
  public boolean writeAsync(ByteBuffer src, long offset, Flags flags, CompletionHandler handler)
      throws IOException {
    return super.writeAsync(src, offset + start, flags, handler);
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    next.trim(offset + start, length, flags);
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    next.zero(offset + start, length, flags);
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    next.extents(offset + start, length, flags, moved(sink));
  }

  @Override
  public void metaContextExtents(
      String context, long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    super.metaContextExtents(context, offset + start, length, flags, moved(sink));
  }

  /** The disk below may continue after the end of this one. */
  private ExtentSink moved(ExtentSink sink) {
    return sink.limitedTo(size).shifted(-start);
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    next.cache(offset + start, length);
  }
}
