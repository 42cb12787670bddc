package org.nbdcore.filter.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** Logs each request when it comes and when it is done. */
final class LogDevice extends FilterBlockDevice {

  private static final int MAX_RUNS = 1 << 16;

  private interface Call {
    void run() throws IOException;
  }

  private final long connection;
  private final LogOutput output;
  private final AtomicLong ids = new AtomicLong();

  LogDevice(BlockDevice next, long connection, LogOutput output) {
    super(next);
    this.connection = connection;
    this.output = output;
  }

  static String error(IOException failure) {
    return failure instanceof NbdException e ? e.error().name() : NbdError.EIO.name();
  }

  private LogEntry enter(String action) {
    return new LogEntry(connection, LogEntry.Type.ENTER, action).id(ids.incrementAndGet());
  }

  private LogEntry enter(String action, long offset, long length) {
    return enter(action).number("offset", offset).number("count", length);
  }

  /** Logs {@code enter}, calls, and logs the outcome with whatever the call added to it. */
  private void logged(LogEntry enter, String action, Call call) throws IOException {
    String id = enter.variables().get("id");
    output.log(enter);
    LogEntry leave = new LogEntry(connection, LogEntry.Type.LEAVE, action).text("id", id);
    try {
      call.run();
      leave.decimal("return", 0);
    } catch (IOException e) {
      leave.decimal("return", -1).text("error", error(e));
      throw e;
    } finally {
      output.log(leave);
    }
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    logged(enter("Read", offset, dst.remaining()), "Read", () -> next.read(dst, offset));
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    logged(
        enter("Write", offset, src.remaining()).flag("fua", (flags & Flags.FUA) != 0),
        "Write",
        () -> next.write(src, offset, flags));
  }

  @Override
  public void flush() throws IOException {
    logged(enter("Flush"), "Flush", next::flush);
  }

  @Override
  public void trim(long offset, long length, int flags) throws IOException {
    logged(
        enter("Trim", offset, length).flag("fua", (flags & Flags.FUA) != 0),
        "Trim",
        () -> next.trim(offset, length, flags));
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    logged(
        enter("Zero", offset, length)
            .flag("trim", (flags & Flags.MAY_TRIM) != 0)
            .flag("fua", (flags & Flags.FUA) != 0)
            .flag("fast", (flags & Flags.FAST_ZERO) != 0),
        "Zero",
        () -> next.zero(offset, length, flags));
  }

  @Override
  public void extents(long offset, long length, int flags, ExtentSink sink) throws IOException {
    LogEntry enter = enter("Extents", offset, length).flag("req_one", (flags & Flags.REQ_ONE) != 0);
    String id = enter.variables().get("id");
    output.log(enter);
    LogEntry leave = new LogEntry(connection, LogEntry.Type.LEAVE, "Extents").text("id", id);
    try {
      Extents found = new Extents(offset, length, MAX_RUNS);
      next.extents(offset, length, flags, found);
      leave.text("extents", pass(found, sink)).decimal("return", 0);
    } catch (IOException e) {
      leave.decimal("return", -1).text("error", error(e));
      throw e;
    } finally {
      output.log(leave);
    }
  }

  private static String pass(Extents found, ExtentSink sink) {
    StringBuilder runs = new StringBuilder("(");
    long at = found.offset();
    for (int i = 0; i < found.size(); i++) {
      sink.add(at, found.length(i), found.type(i));
      runs.append(i > 0 ? " " : "").append("0x").append(Long.toHexString(at));
      runs.append(" 0x").append(Long.toHexString(found.length(i)));
      runs.append(" \"").append(type(found.type(i))).append('"');
      at += found.length(i);
    }
    return runs.append(')').toString();
  }

  private static String type(int type) {
    String hole = (type & ExtentSink.HOLE) != 0 ? "hole" : "";
    String zero = (type & ExtentSink.ZERO) != 0 ? "zero" : "";
    return hole + (hole.isEmpty() || zero.isEmpty() ? "" : ",") + zero;
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    logged(enter("Cache", offset, length), "Cache", () -> next.cache(offset, length));
  }

  @Override
  public void close() throws IOException {
    output.log(
        new LogEntry(connection, LogEntry.Type.PRINT, "Disconnect")
            .decimal("transactions", ids.get()));
    next.close();
  }
}
