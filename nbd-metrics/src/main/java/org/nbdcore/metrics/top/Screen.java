package org.nbdcore.metrics.top;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.nbdcore.metrics.status.ServerStatus;
import org.nbdcore.metrics.status.ServerStatus.ConnectionView;
import org.nbdcore.metrics.status.ServerStatus.ExportView;
import org.nbdcore.metrics.status.ServerStatus.MessageView;
import org.nbdcore.metrics.status.Units;

/**
 * Formats a status as lines of text.
 *
 * @param columns width of a line
 * @param rows maximum number of lines
 * @param styled true to show headings in reverse video
 */
record Screen(int columns, int rows, boolean styled) {

  /** Wide enough for everything except long names. */
  static final int WIDTH_OF_TEXT = 120;

  private static final int NARROW = 40;
  private static final int BAR = 20;
  private static final int MESSAGES = 5;
  private static final String EXPORTS = "%-20s %-9s %4s %-31s %-12s %13s %13s";
  private static final String CLIENTS = "%5s %-28s %-20s %-12s %10s %10s %5s";

  /** The text without characters that control a terminal. */
  static String plain(String text) {
    StringBuilder plain = new StringBuilder();
    text.codePoints().map(c -> shows(c) ? c : '?').forEach(plain::appendCodePoint);
    return plain.toString();
  }

  private static boolean shows(int c) {
    int type = Character.getType(c);
    return type != Character.CONTROL
        && type != Character.FORMAT
        && type != Character.SURROGATE
        && type != Character.LINE_SEPARATOR
        && type != Character.PARAGRAPH_SEPARATOR;
  }

  List<String> lines(ServerStatus status) {
    List<String> lines = new ArrayList<>();
    lines.add(
        line(
            "%s: %s, up %s, %d clients, read %s, written %s, buffers %s of %s",
            status.name(),
            status.problem().isEmpty() ? status.state() : status.problem(),
            Units.time(status.uptimeSeconds()),
            status.connections().size(),
            Units.rate(status.rates().read()),
            Units.rate(status.rates().written()),
            Units.bytes(status.memoryInUse()),
            Units.bytes(status.memoryLimit())));
    lines.add("");
    lines.add(heading(EXPORTS, "EXPORT", "STATE", "CONN", "PROGRESS", "LEFT", "READ", "WRITTEN"));
    status.exports().stream()
        .sorted(Comparator.comparing((ExportView export) -> export.connections() == 0))
        .forEach(export -> export(export, lines));
    lines.add("");
    lines.add(heading(CLIENTS, "NR", "CLIENT", "EXPORT", "CONNECTED", "READ", "WRITTEN", "WAIT"));
    status.connections().forEach(connection -> lines.add(client(connection)));
    if (!status.messages().isEmpty()) {
      lines.add("");
      status.messages().stream().limit(MESSAGES).forEach(message -> lines.add(message(message)));
    }
    return lines.size() <= rows ? lines : shortened(lines);
  }

  private List<String> shortened(List<String> lines) {
    List<String> shown = new ArrayList<>(lines.subList(0, Math.max(0, rows - 1)));
    shown.add("… " + (lines.size() - shown.size()) + " more lines");
    return shown;
  }

  private String heading(String format, Object... words) {
    String text = line(format, words);
    return styled ? "\033[7m" + text + " ".repeat(columns - text.length()) + "\033[0m" : text;
  }

  private void export(ExportView export, List<String> lines) {
    boolean copies = export.connections() > 0 && export.size() > 0;
    lines.add(
        line(
            EXPORTS,
            name(export.name()),
            export.state(),
            export.connections(),
            copies ? bar(export) : "",
            export.secondsLeft() == null ? "" : Units.time(export.secondsLeft()),
            Units.rate(export.rates().read()),
            Units.rate(export.rates().written())));
    if (copies && export.data() > 0) {
      lines.add(line(EXPORTS, "", "", "", data(export), "", "", ""));
    }
  }

  /** The share of the known data that the clients have read. */
  private static String data(ExportView export) {
    long read = Math.min(export.dataRead(), export.data());
    return "data: " + Units.bytes(read) + " of " + Units.bytes(export.data());
  }

  private static String bar(ExportView export) {
    double part = Math.min(1, (double) export.position() / export.size());
    int full = (int) (part * BAR);
    return String.format(
        Locale.ROOT, "[%s%s] %5.1f %%", "#".repeat(full), "-".repeat(BAR - full), 100 * part);
  }

  private String client(ConnectionView connection) {
    String identity = connection.identity() == null ? "" : " " + connection.identity();
    return line(
        CLIENTS,
        connection.number(),
        connection.peer() + identity,
        connection.export() == null ? "(handshake)" : name(connection.export()),
        Units.time(connection.seconds()),
        Units.bytes(connection.bytesRead()),
        Units.bytes(connection.bytesWritten()),
        connection.inProgress());
  }

  private static String name(String export) {
    return export.isEmpty() ? "(default)" : export;
  }

  private String message(MessageView message) {
    return line("%s ago: %s", Units.time(message.secondsAgo()), message.text());
  }

  /**
   * Formats one line that fits. Replaces control characters, because the text may come from
   * clients.
   */
  private String line(String format, Object... words) {
    String text = plain(String.format(Locale.ROOT, format, words)).stripTrailing();
    int width = Math.max(columns, NARROW);
    return text.length() <= width ? text : text.substring(0, width - 1) + "…";
  }
}
