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

  final OperationStats read = new OperationStats("read");
  final OperationStats write = new OperationStats("write");
  final OperationStats trim = new OperationStats("trim");
  final OperationStats flush = new OperationStats("flush");
  final OperationStats zero = new OperationStats("zero");
  final OperationStats extents = new OperationStats("extents");
  final OperationStats cache = new OperationStats("cache");

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
    List<OperationStats> operations = List.of(read, write, trim, flush, zero, extents, cache);
    Files.writeString(file, StatsReport.of(operations, nanos, threshold), mode());
  }
}
