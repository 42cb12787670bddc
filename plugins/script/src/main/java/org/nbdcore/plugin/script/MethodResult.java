package org.nbdcore.plugin.script;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The result of a method that did not fail.
 *
 * @param kind of result
 * @param output the output of the script, unless it was redirected
 */
record MethodResult(Kind kind, byte[] output) {

  /** The exit codes that are not errors. */
  enum Kind {
    OK,
    /** The script has no such method. */
    MISSING,
    /** The answer to a yes-or-no question is no. */
    FALSE
  }

  /** Names and file names: in the encoding in which they go back as arguments. */
  private static final Charset NATIVE =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  boolean missing() {
    return kind == Kind.MISSING;
  }

  /** The output without one end of line, to be handed to the script again. */
  String handle() {
    return withoutNewline(new String(output, NATIVE));
  }

  /** The output without one end of line, for clients. */
  String text() {
    return withoutNewline(new String(output, StandardCharsets.UTF_8));
  }

  /** The lines of the output, for clients; the last one ends at the end of the output at latest. */
  List<String> lines() {
    return new String(output, StandardCharsets.UTF_8).lines().toList();
  }

  private static String withoutNewline(String text) {
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }
}
