package org.nbdcore.filter.stats;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.RequestType;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.RequestObserver;

/** Collects statistics of all connections, and writes them to a file when the server stops. */
final class StatsFilter implements Filter, RequestObserver {

  /** In the order of the report. */
  private final Map<RequestType, OperationStats> operations = new EnumMap<>(RequestType.class);

  private final Path file;
  private final boolean append;
  private final int threshold;
  private long started;

  StatsFilter(Path file, boolean append, int threshold) {
    this.file = file;
    this.append = append;
    this.threshold = threshold;
    for (RequestType type : RequestType.values()) {
      operations.put(type, new OperationStats(type.name().toLowerCase(Locale.ROOT)));
    }
  }

  /** Opens the file at the start, to report at once if it cannot be written. */
  @Override
  public void start(Backend next, StartContext context) throws IOException {
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
    return BlockDevices.observed(next.open(request), this);
  }

  @Override
  public long started(RequestType type, long offset, long length) {
    return System.nanoTime();
  }

  /** Adds the time of each request that succeeds. */
  @Override
  public void completed(RequestType type, long offset, long length, long begin, boolean succeeded) {
    if (succeeded) {
      operations.get(type).add(offset, length, System.nanoTime() - begin);
    }
  }

  @Override
  public void close() throws IOException {
    if (started == 0) {
      return;
    }
    long nanos = System.nanoTime() - started;
    List<OperationStats> all = List.copyOf(operations.values());
    Files.writeString(file, StatsReport.of(all, nanos, threshold), mode());
  }
}
