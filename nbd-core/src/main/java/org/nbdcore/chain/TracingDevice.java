package org.nbdcore.chain;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.PassThroughDevice;

/** Shows each call as a debug message: the operation, where and how much, never the content. */
final class TracingDevice extends PassThroughDevice {

  private static final String[] FLAG_NAMES = {" fua", " may_trim", " fast_zero", " req_one"};
  private static final Flags[] FLAGS = {Flags.FUA, Flags.MAY_TRIM, Flags.FAST_ZERO, Flags.REQ_ONE};

  private final String layer;
  private final Trace trace;

  TracingDevice(String layer, BlockDevice next, Trace trace) {
    super(next);
    this.layer = layer;
    this.trace = trace;
  }

  private void control(String what) {
    if (trace.control()) {
      Trace.LOG.debug(layer + ": " + what);
    }
  }

  private void data(String operation, long length, long offset, Flags flags) {
    if (trace.data()) {
      StringBuilder line = new StringBuilder(layer).append(": ").append(operation);
      line.append(" count=").append(length).append(" offset=").append(offset);
      for (int i = 0; i < FLAGS.length; i++) {
        line.append(flags.has(FLAGS[i]) ? FLAG_NAMES[i] : "");
      }
      Trace.LOG.debug(line.toString());
    }
  }

  @Override
  public long size() throws IOException {
    long size = next.size();
    control("get_size = " + size);
    return size;
  }

  @Override
  public Capabilities capabilities() throws IOException {
    Capabilities can = next.capabilities();
    control(
        "can_write="
            + can.write()
            + " can_flush="
            + can.flush()
            + " can_trim="
            + can.trim()
            + " can_zero="
            + can.zero()
            + " can_fua="
            + can.fua()
            + " can_extents="
            + can.extents()
            + " can_cache="
            + can.cache()
            + " can_multi_conn="
            + can.multiConn());
    return can;
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    data("pread", dst.remaining(), offset, Flags.NONE);
    next.read(dst, offset);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    data("pwrite", src.remaining(), offset, flags);
    next.write(src, offset, flags);
  }

  /**
   * Zero-copy and asynchronous requests would not be shown, so this device does not offer them
   * while the data path is traced.
   */
  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    return !trace.data() && super.readZeroCopy(offset, length, buffers);
  }

  @Override
  public boolean prefersAsync() {
    return !trace.data() && super.prefersAsync();
  }

  @Override
  public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
      throws IOException {
    return !trace.data() && super.readAsync(dst, offset, completion);
  }

  @Override
  public boolean writeAsync(ByteBuffer src, long offset, Flags flags, CompletionHandler completion)
      throws IOException {
    return !trace.data() && super.writeAsync(src, offset, flags, completion);
  }

  @Override
  public void flush() throws IOException {
    if (trace.data()) {
      Trace.LOG.debug(layer + ": flush");
    }
    next.flush();
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    data("trim", length, offset, flags);
    next.trim(offset, length, flags);
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    data("zero", length, offset, flags);
    next.zero(offset, length, flags);
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    data("extents", length, offset, flags);
    next.extents(offset, length, flags, sink);
  }

  @Override
  public void metaContextExtents(
      String context, long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    data("extents " + context, length, offset, flags);
    super.metaContextExtents(context, offset, length, flags, sink);
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    data("cache", length, offset, Flags.NONE);
    next.cache(offset, length);
  }

  @Override
  public void close() throws IOException {
    control("close");
    next.close();
  }
}
