package org.nbdcore.client.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.nbdcore.client.BlockStatusVisitor;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.NbdClient;
import org.nbdcore.protocol.MetaContext;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.spi.Flags;

/** Prints the extents of one meta context, or their totals, in the format of nbdinfo. */
final class MapReport implements BlockStatusVisitor {

  private final NbdUri uri;
  private final String context;
  private final boolean json;
  private final boolean totals;

  private PrintStream out;
  private final Map<Long, Long> sums = new TreeMap<>();
  private boolean first = true;

  /** The last extent, which the next one may extend. */
  private long start;

  private long end;
  private int flags;

  MapReport(NbdUri uri, String context, boolean json, boolean totals) {
    this.uri = uri;
    this.context = context;
    this.json = json;
    this.totals = totals;
  }

  void print(PrintStream to) throws IOException {
    out = to;
    ConnectOptions options = ConnectOptions.defaults().withMetaContexts(List.of(context));
    try (NbdClient client = NbdClient.connect(uri, options)) {
      if (!client.export().metaContexts().contains(context)) {
        throw new IOException(
            "--map: the server does not support the meta context \"" + context + "\"");
      }
      // Opened only now, so that a server without the context causes only an error and no output.
      out.print(json ? "[\n" : "");
      walk(client);
      flush();
      if (totals) {
        printTotals(client.size());
      }
      out.print(json ? "\n]\n" : "");
    }
  }

  private void walk(NbdClient client) throws IOException {
    long size = client.size();
    long unreachable = size % client.export().minimumBlockSize();
    while (end < size - unreachable) {
      long before = end;
      client.blockStatus(before, size - unreachable - before, Flags.NONE, this);
      if (end == before) {
        throw new IOException("block status makes no progress at offset " + before);
      }
    }
    if (end < size) {
      // No valid request covers these bytes. "data" is always correct.
      extent(context, end, size - end, 0);
    }
  }

  @Override
  public void extent(String metaContext, long offset, long length, int type) {
    if (!metaContext.equals(context)) {
      return;
    }
    if (type != flags) {
      flush();
      flags = type;
    }
    end = offset + length;
  }

  private void flush() {
    if (end == start) {
      return;
    }
    long type = Integer.toUnsignedLong(flags);
    if (totals) {
      Long before = sums.get(type);
      sums.put(type, (before == null ? 0 : before) + end - start);
    } else if (json) {
      out.print(first ? "" : ",\n");
      out.print("{ \"offset\": " + start + ", \"length\": " + (end - start));
      out.print(", \"type\": " + type + describeJson(type) + "}");
    } else {
      out.print(NumberFormat.padLeft(Long.toString(start), 10) + "  ");
      out.print(NumberFormat.padLeft(Long.toString(end - start), 10) + "  ");
      out.print(NumberFormat.padLeft(Long.toString(type), 3));
      String description = describe(type);
      out.print(description == null ? "\n" : "  " + description + "\n");
    }
    first = false;
    start = end;
  }

  private void printTotals(long size) {
    boolean comma = false;
    for (Map.Entry<Long, Long> sum : sums.entrySet()) {
      long type = sum.getKey();
      if (json) {
        out.print(comma ? ",\n" : "");
        out.print("{ \"size\": " + sum.getValue());
        out.print(", \"percent\": " + NumberFormat.percentJson(sum.getValue(), size));
        out.print(", \"type\": " + type + describeJson(type) + " }");
      } else {
        out.print(NumberFormat.padLeft(Long.toString(sum.getValue()), 10) + " ");
        out.print(NumberFormat.padLeft(NumberFormat.percent(sum.getValue(), size), 5) + "% ");
        out.print(NumberFormat.padLeft(Long.toString(type), 3));
        String description = describe(type);
        out.print(description == null ? "\n" : " " + description + "\n");
      }
      comma = true;
    }
  }

  private String describeJson(long type) {
    String description = describe(type);
    return description == null ? "" : ", \"description\": " + Json.quote(description);
  }

  /** The name of a type if the context is known, otherwise null. */
  private String describe(long type) {
    if (context.equals(MetaContext.BASE_ALLOCATION)) {
      return type < 4 ? new String[] {"data", "hole", "zero", "hole,zero"}[(int) type] : null;
    }
    if (context.startsWith("qemu:dirty-bitmap:")) {
      return type < 2 ? new String[] {"clean", "dirty"}[(int) type] : null;
    }
    if (context.equals("qemu:allocation-depth")) {
      return type < 2 ? new String[] {"absent", "local"}[(int) type] : "backing depth " + type;
    }
    return null;
  }
}
