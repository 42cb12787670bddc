package org.nbdcore.spi.helpers;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.RequestType;

/** Checks each request, on every path, before the next device receives it. */
final class CheckedDevice extends PassThroughDevice {

  private final RequestCheck check;

  CheckedDevice(BlockDevice next, RequestCheck check) {
    super(next);
    this.check = check;
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    check.check(RequestType.READ, offset, dst.remaining());
    next.read(dst, offset);
  }

  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    check.check(RequestType.READ, offset, length);
    return super.readZeroCopy(offset, length, buffers);
  }

  @Override
  public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler handler)
      throws IOException {
    check.check(RequestType.READ, offset, dst.remaining());
    return super.readAsync(dst, offset, handler);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    check.check(RequestType.WRITE, offset, src.remaining());
    next.write(src, offset, flags);
  }

  @Override
  public boolean writeAsync(ByteBuffer src, long offset, Flags flags, CompletionHandler handler)
      throws IOException {
    check.check(RequestType.WRITE, offset, src.remaining());
    return super.writeAsync(src, offset, flags, handler);
  }

  @Override
  public void flush() throws IOException {
    check.check(RequestType.FLUSH, 0, 0);
    next.flush();
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    check.check(RequestType.TRIM, offset, length);
    next.trim(offset, length, flags);
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    check.check(RequestType.ZERO, offset, length);
    next.zero(offset, length, flags);
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    check.check(RequestType.EXTENTS, offset, length);
    next.extents(offset, length, flags, sink);
  }

  @Override
  public void metaContextExtents(
      String context, long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    check.check(RequestType.EXTENTS, offset, length);
    super.metaContextExtents(context, offset, length, flags, sink);
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    check.check(RequestType.CACHE, offset, length);
    next.cache(offset, length);
  }
}
