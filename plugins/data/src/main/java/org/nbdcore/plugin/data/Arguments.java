package org.nbdcore.plugin.data;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The bytes of parameters as they were typed. Java decodes the command line, and where it cannot,
 * in the encoding of the user, bytes are lost; Linux still has them.
 */
final class Arguments {

  /** How Java decodes the command line and encodes names of files. */
  static final Charset CHARSET = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  private Arguments() {}

  /**
   * Finds the bytes of {@code key=value}, or of {@code value} alone.
   *
   * @return in UTF-8 if it is from elsewhere, as from a program that embeds the server
   */
  static byte[] bytes(String key, String value) {
    byte[] plain = value.getBytes(StandardCharsets.UTF_8);
    boolean certain = plain.length == value.length() && value.indexOf('?') < 0;
    if (certain) {
      return plain;
    }
    try {
      return find(key + "=", value, Files.readAllBytes(Path.of("/proc/self/cmdline")), plain);
    } catch (IOException e) {
      return plain;
    }
  }

  /** The last argument that says so, as the last one counts. */
  static byte[] find(String prefix, String value, byte[] commandLine, byte[] otherwise) {
    byte[] found = otherwise;
    int from = 0;
    for (int end = 0; end < commandLine.length; end++) {
      if (commandLine[end] == 0) {
        byte[] argument = Arrays.copyOfRange(commandLine, from, end);
        from = end + 1;
        if (reads(argument, 0, value)) {
          found = argument;
        } else if (reads(argument, prefix.length(), value)
            && new String(argument, 0, prefix.length(), StandardCharsets.ISO_8859_1)
                .equals(prefix)) {
          found = Arrays.copyOfRange(argument, prefix.length(), argument.length);
        }
      }
    }
    return found;
  }

  private static boolean reads(byte[] argument, int from, String value) {
    if (from > argument.length) {
      return false;
    }
    String read = new String(argument, from, argument.length - from, CHARSET);
    return read.equals(value) || read.replace('\ufffd', '?').equals(value);
  }
}
