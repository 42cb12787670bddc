package org.nbdcore.client.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Standard output and error in UTF-8, whatever the locale says. */
public final class Console {

  private Console() {}

  /** Standard output, buffered. */
  public static PrintStream out() {
    return utf8(
        new java.io.BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 13));
  }

  /** Standard error. */
  public static PrintStream err() {
    return utf8(new FileOutputStream(FileDescriptor.err));
  }

  private static PrintStream utf8(OutputStream stream) {
    return new PrintStream(stream, false, StandardCharsets.UTF_8);
  }

  /** Whether standard error is a terminal. The JDK reports only on all three streams together. */
  public static boolean errorIsTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException e) {
      return System.console() != null;
    }
  }

  /**
   * Prints the help or the version, if the option asks for it.
   *
   * @param option {@code --help}, {@code -V}, {@code --version} or another one
   * @return whether it was printed; the command then ends
   */
  public static boolean printAbout(String option, String command, String usage, PrintStream out) {
    switch (option) {
      case "--help" -> out.print(usage);
      case "-V", "--version" -> out.println(version(command));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** The line of {@code --version}; the number is in the jar's manifest. */
  public static String version(String command) {
    String version = Console.class.getPackage().getImplementationVersion();
    return command + " " + (version == null ? "(not from a jar)" : version);
  }
}
