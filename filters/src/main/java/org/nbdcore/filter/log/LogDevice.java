package org.nbdcore.filter.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.nbdcore.spi.AsyncResult;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.PassThroughDevice;

/** Logs each request when it arrives and when it is complete. */
final class LogDevice extends PassThroughDevice {

  private static final int MAX_EXTENTS = 1 << 16;

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

  /** Logs {@code enter}, executes the call and logs its result. */
  private void logged(LogEntry enter, String action, Call call) throws IOException {
    output.log(enter);
    left(enter.variables().get("id"), action, call);
  }

  /** Executes the call and logs its result. */
  private void left(String id, String action, Call call) throws IOException {
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
    logged(enterRead(offset, dst.remaining()), "Read", () -> next.read(dst, offset));
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    LogEntry enter = enterWrite(offset, src.remaining(), flags);
    logged(enter, "Write", () -> next.write(src, offset, flags));
  }

  private LogEntry enterRead(long offset, int length) {
    return enter("Read", offset, length);
  }

  private LogEntry enterWrite(long offset, int length, Flags flags) {
    return enter("Write", offset, length).flag("fua", flags.has(Flags.FUA));
  }

  /** Declines zero-copy reads, so that every read is logged. */
  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) {
    return false;
  }

  /** False with a script, because every request waits for it. */
  @Override
  public boolean prefersAsync() {
    return !output.slow() && super.prefersAsync();
  }

  @Override
  public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion) {
    int length = dst.remaining();
    InProgress read = new InProgress(completion, "Read", () -> enterRead(offset, length));
    return read.submit(handler -> super.readAsync(dst, offset, handler));
  }

  @Override
  public boolean writeAsync(
      ByteBuffer src, long offset, Flags flags, CompletionHandler completion) {
    int length = src.remaining();
    InProgress write = new InProgress(completion, "Write", () -> enterWrite(offset, length, flags));
    return write.submit(handler -> super.writeAsync(src, offset, flags, handler));
  }

  private interface AsyncStart {
    boolean start(CompletionHandler handler) throws IOException;
  }

  /**
   * An asynchronous read or write of the layer below. It may complete before the submitting thread
   * knows that it was accepted. So the thread that asks for the result also logs the first line, if
   * that is still missing.
   */
  private final class InProgress implements CompletionHandler, AsyncResult {
    private final CompletionHandler caller;
    private final String action;
    private final Supplier<LogEntry> enter;
    private String id; // null until the first line is logged; guarded by this
    private AsyncResult result; // set before the caller's completion is called

    InProgress(CompletionHandler caller, String action, Supplier<LogEntry> enter) {
      this.caller = caller;
      this.action = action;
      this.enter = enter;
    }

    boolean submit(AsyncStart start) {
      boolean accepted;
      try {
        accepted = !output.slow() && start.start(this);
      } catch (IOException | RuntimeException e) {
        completed(
            () -> {
              throw e;
            });
        accepted = true;
      }
      if (accepted) {
        entered();
      }
      return accepted;
    }

    private synchronized String entered() {
      if (id == null) {
        LogEntry entry = enter.get();
        id = entry.variables().get("id");
        output.log(entry);
      }
      return id;
    }

    @Override
    public void completed(AsyncResult how) {
      result = how;
      caller.completed(this);
    }

    @Override
    public void join() throws IOException {
      left(entered(), action, result::join);
    }
  }

  @Override
  public void flush() throws IOException {
    logged(enter("Flush"), "Flush", next::flush);
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    logged(
        enter("Trim", offset, length).flag("fua", flags.has(Flags.FUA)),
        "Trim",
        () -> next.trim(offset, length, flags));
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    logged(
        enter("Zero", offset, length)
            .flag("trim", flags.has(Flags.MAY_TRIM))
            .flag("fua", flags.has(Flags.FUA))
            .flag("fast", flags.has(Flags.FAST_ZERO)),
        "Zero",
        () -> next.zero(offset, length, flags));
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    LogEntry enter = enter("Extents", offset, length).flag("req_one", flags.has(Flags.REQ_ONE));
    String id = enter.variables().get("id");
    output.log(enter);
    LogEntry leave = new LogEntry(connection, LogEntry.Type.LEAVE, "Extents").text("id", id);
    try {
      Extents found = new Extents(offset, length, MAX_EXTENTS).acceptUntil(next.size());
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
