package org.nbdcore.filter.stats;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

/** Collects from all connections, and writes the file when the server stops. */
final class StatsFilter implements Filter {

  final Operation read = new Operation("read");
  final Operation write = new Operation("write");
  final Operation trim = new Operation("trim");
  final Operation flush = new Operation("flush");
  final Operation zero = new Operation("zero");
  final Operation extents = new Operation("extents");
  final Operation cache = new Operation("cache");

  private final Path file;
  private final boolean append;
  private final int threshold;
  private long started;

  StatsFilter(Path file, boolean append, int threshold) {
    this.file = file;
    this.append = append;
    this.threshold = threshold;
  }

  /** Opens the file now, so that one that cannot be written is found before hours of work. */
  @Override
  public void start(Backend next) throws IOException {
    FileChannel.open(file, mode()).close();
    started = System.nanoTime();
  }

  private StandardOpenOption[] mode() {
    return new StandardOpenOption[] {
      StandardOpenOption.CREATE,
      StandardOpenOption.WRITE,
      append ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING
    };
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return new StatsDevice(next.open(request), this);
  }

  @Override
  public void close() throws IOException {
    if (started == 0) {
      return;
    }
    long nanos = System.nanoTime() - started;
    List<Operation> operations = List.of(read, write, trim, flush, zero, extents, cache);
    Files.writeString(file, Report.of(operations, nanos, threshold), mode());
  }
}
