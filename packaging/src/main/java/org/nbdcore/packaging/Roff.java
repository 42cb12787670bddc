package org.nbdcore.packaging;

/** Writes the source of a manual page, in the macros of man(7). */
final class Roff {

  private static final int WIDTH = 72;
  private static final int LONG = 40;

  private final StringBuilder out = new StringBuilder();
  private boolean fresh; // whether nothing has followed the last heading or tag

  Roff(String page, String date, String version, String title) {
    out.append(".TH \"").append(page).append("\" \"1\" \"").append(date);
    out.append("\" \"nbd-core ").append(version).append("\" \"").append(title).append("\"\n");
    out.append(".nh\n.ad l\n"); // neither hyphens nor gaps within names to be copied
  }

  /** Text without markup. */
  static String plain(String text) {
    return text.replace("\\", "\\e")
        .replace("\u2026", "...")
        .replace("\u2192", "->")
        .replace("\u2264", "<=")
        .replace("\u2265", ">=")
        .replace("\u2212", "-")
        .replace("\u00b3\u00b2", "^32")
        .replace("\u2076\u00b3", "^63");
  }

  /** Literal text. */
  static String literal(String text) {
    return plain(text).replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga");
  }

  /** Literal text that may be broken between alternatives, folders, and words of a long name. */
  static String breakable(String text) {
    String words =
        text.length() < LONG
            ? literal(text)
            : literal(text).replaceAll("(?<=[a-z])(?=[A-Z])", "\\\\:");
    return words.replaceAll("(?<=[|/,=.:])(?=[\\w\\\\])", "\\\\:");
  }

  static String bold(String roff) {
    return "\\fB" + roff + "\\fR";
  }

  static String italic(String roff) {
    return "\\fI" + roff + "\\fR";
  }

  /** Starts a section; the title is roff. */
  void section(String title) {
    out.append(".SH \"").append(title).append("\"\n");
    fresh = true;
  }

  void subsection(String title) {
    out.append(".SS \"").append(title).append("\"\n");
    fresh = true;
  }

  void paragraph(String roff) {
    if (!fresh) {
      out.append(".PP\n");
    }
    text(roff);
  }

  /** An entry of a list of definitions. A tag is one line of the source, so long ones are cut. */
  void entry(String tag, String roff) {
    StringBuilder line = new StringBuilder();
    String request = ".TP\n";
    for (String part : tag.split("(?<=, )")) {
      if (line.length() > 0 && line.length() + part.length() >= WIDTH) {
        out.append(request).append(safe(line.toString().strip())).append('\n');
        request = ".TQ\n";
        line.setLength(0);
      }
      line.append(part);
    }
    out.append(request).append(safe(line.toString().replace('\n', ' '))).append('\n');
    text(roff.isEmpty() ? "\\&" : roff);
  }

  void bullet(String roff) {
    out.append(".IP \\(bu 2\n");
    text(roff);
  }

  /** Preformatted lines. */
  void example(String lines) {
    out.append(fresh ? "" : ".PP\n").append(".RS 4\n.nf\n");
    lines.lines().forEach(line -> out.append(safe(literal(line))).append('\n'));
    out.append(".fi\n.RE\n");
    fresh = false;
  }

  void lineBreak() {
    out.append(".br\n");
  }

  void text(String roff) {
    StringBuilder line = new StringBuilder();
    for (String word : roff.strip().split("\\s+")) {
      if (line.length() + word.length() >= WIDTH) {
        out.append(safe(line.toString())).append('\n');
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    out.append(safe(line.toString())).append('\n');
    fresh = false;
  }

  /** Escapes a line that would be a roff request. */
  private static String safe(String line) {
    return line.startsWith(".") || line.startsWith("'") || line.isEmpty() ? "\\&" + line : line;
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
