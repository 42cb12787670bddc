package org.nbdcore.filter.stats;

import java.util.List;
import java.util.Locale;

/** Formats the statistics as text. */
final class StatsReport {

  private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB"};

  private final int threshold;
  private final StringBuilder text = new StringBuilder();

  private StatsReport(int threshold) {
    this.threshold = threshold;
  }

  /** The whole report, about a server that ran for {@code totalNanos}. */
  static String of(List<OperationStats> operations, long totalNanos, int threshold) {
    StatsReport report = new StatsReport(threshold);
    report.total(operations, totalNanos);
    for (OperationStats operation : operations) {
      if (operation.count() > 0) {
        report.operation(operation, totalNanos);
      }
    }
    return report.text.toString();
  }

  private void total(List<OperationStats> operations, long nanos) {
    long count = 0;
    long bytes = 0;
    for (OperationStats operation : operations) {
      count += operation.count();
      bytes += operation.bytes();
    }
    line("total: %d ops, %.6f s, %s, %s/s", count, nanos / 1e9, size(bytes), rate(bytes, nanos));
  }

  private void operation(OperationStats operation, long totalNanos) {
    line(
        "%s: %d ops, %.6f s, %s, %s/s op, %s/s total",
        operation.name(),
        operation.count(),
        operation.nanos() / 1e9,
        size(operation.bytes()),
        rate(operation.bytes(), operation.nanos()),
        rate(operation.bytes(), totalNanos));
    if (threshold > 0 && operation.bytes() > 0) {
      line("  Request size and alignment breakdown:");
      sizes(operation);
    }
    text.append('\n');
  }

  private void sizes(OperationStats operation) {
    long all = operation.count();
    long shown = 0;
    long shownBytes = 0;
    boolean[] done = new boolean[64];
    while (shown * 100 < all * threshold) {
      int largest = -1;
      for (int bits = 0; bits < 64; bits++) {
        boolean more =
            largest < 0 || operation.countOfSize(bits, 0) > operation.countOfSize(largest, 0);
        if (!done[bits] && more) {
          largest = bits;
        }
      }
      long count = operation.countOfSize(largest, 0);
      if (count == 0) {
        break;
      }
      done[largest] = true;
      shown += count;
      shownBytes += operation.bytesOfSize(largest);
      line(
          "    %2d bits: %5.1f%% (%d reqs, %s total)",
          largest, percent(count, all), count, size(operation.bytesOfSize(largest)));
      alignments(operation, largest, count);
    }
    if (shown < all) {
      line(
          "    other sizes: %5.1f%% (%d reqs, %s total)",
          percent(all - shown, all), all - shown, size(operation.bytes() - shownBytes));
    }
  }

  /** One line for each alignment at which the number changes. */
  private void alignments(OperationStats operation, int bits, long all) {
    for (int alignment = 0; alignment < 64; alignment++) {
      long count = operation.countOfSize(bits, alignment);
      if (count == 0 || (all - count) * 100 > all * threshold) {
        return;
      }
      if (operation.countOfAlignment(bits, alignment) > 0) {
        line("         %2d bit aligned: %5.1f%% (%d)", alignment, percent(count, all), count);
      }
    }
  }

  private static double percent(long part, long all) {
    return 100.0 * part / all;
  }

  private void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  private static String rate(long bytes, long nanos) {
    return nanos == 0 ? size(0) : size(bytes / (nanos / 1e9));
  }

  private static String size(double bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.2f %s", value, UNITS[unit]);
  }
}
