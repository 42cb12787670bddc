package org.nbdcore.filter.log;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.helpers.BlockDevices;

/** Logs connections and opens, and creates devices that log the requests. */
final class LogFilter implements Filter {

  private final LogOutput output;
  private final AtomicLong ids = new AtomicLong();

  LogFilter(LogOutput output) {
    this.output = output;
  }

  @Override
  public void start(Backend next, StartContext context) throws IOException {
    output.open();
    log(
        new LogEntry(0, LogEntry.Type.PRINT, "Ready")
            .decimal("thread_model", next.threadModel().ordinal()));
  }

  private void log(LogEntry entry) {
    if (output.active()) {
      output.log(entry);
    }
  }

  @Override
  public void preconnect(Session session, Backend next) throws IOException {
    // nbdkit ends this line with a space, and scripts look for " Preconnect "
    log(new LogEntry(session.number(), LogEntry.Type.PRINT, "Preconnect "));
    next.preconnect(session);
  }

  @Override
  public List<Export> listExports(OpenRequest request, Backend next) throws IOException {
    long id = ids.incrementAndGet();
    log(
        new LogEntry(0, LogEntry.Type.ENTER, "ListExports")
            .id(id)
            .flag("readonly", request.readOnly())
            .flag("tls", request.tls()));
    LogEntry leave = new LogEntry(0, LogEntry.Type.LEAVE, "ListExports").id(id);
    try {
      List<Export> exports = next.listExports(request);
      StringBuilder names = new StringBuilder("(");
      for (Export export : exports) {
        names.append(names.length() > 1 ? " " : "").append(LogEntry.quote(export.name()));
      }
      leave.text("exports", names.append(')').toString()).decimal("return", 0);
      return exports;
    } catch (IOException e) {
      leave.decimal("return", -1).text("error", LogDevice.error(e));
      throw e;
    } finally {
      log(leave);
    }
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    BlockDevice device = next.open(request);
    if (!output.active()) {
      return device;
    }
    return BlockDevices.wrap(
        device,
        below -> {
          long connection = request.session().number();
          output.log(connect(connection, request, below));
          return new LogDevice(below, connection, output);
        });
  }

  private static LogEntry connect(long connection, OpenRequest request, BlockDevice device)
      throws IOException {
    Capabilities can = device.capabilities();
    BlockSizes sizes = can.blockSizes();
    return new LogEntry(connection, LogEntry.Type.PRINT, "Connect")
        .text("export", LogEntry.quote(request.exportName()))
        .flag("tls", request.tls())
        .number("size", device.size())
        .number("minsize", sizes.minimum())
        .number("prefsize", sizes.preferred())
        .number("maxsize", sizes.maximum())
        .flag("write", can.write())
        .flag("flush", can.flush())
        .flag("rotational", can.rotational())
        .flag("trim", can.trim())
        .decimal("zero", can.zero().ordinal())
        .decimal("fua", can.fua().ordinal())
        .flag("extents", can.extents())
        .decimal("cache", can.cache().ordinal())
        .flag("fast_zero", can.fastZero());
  }

  @Override
  public void close() throws IOException {
    output.close();
  }
}
