package org.nbdcore.metrics.top;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Controls the whole terminal until it is closed. Needs no library: it uses ANSI control sequences,
 * and stty for single keys and the size.
 */
final class TerminalView implements AutoCloseable {

  private static final File DEVICE = new File("/dev/tty");
  private static final String ENTER = "\033[?1049h\033[?25l";
  private static final String LEAVE = "\033[?25h\033[?1049l";
  private static final String HOME = "\033[H";
  private static final String END_OF_LINE = "\033[K";
  private static final String BELOW = "\033[J";
  private static final long LOOK_MILLIS = 50;
  private static final int ROWS = 24;
  private static final int COLUMNS = 80;

  private final PrintStream out;
  private final InputStream keys;
  private final String before;
  private final Thread restore = new Thread(this::restore, "terminal-restore");
  private int rows = ROWS;
  private int columns = COLUMNS;

  private TerminalView(PrintStream out, InputStream keys, String before) {
    this.out = out;
    this.keys = keys;
    this.before = before;
  }

  /**
   * Takes over the terminal.
   *
   * @throws IOException if there is no terminal
   */
  static TerminalView open(PrintStream out) throws IOException {
    InputStream keys;
    try {
      keys = new FileInputStream(DEVICE);
    } catch (IOException e) {
      throw new IOException("there is no terminal; use --once", e);
    }
    try {
      TerminalView view = new TerminalView(out, keys, stty("-g"));
      Runtime.getRuntime().addShutdownHook(view.restore); // restores the terminal after Ctrl+C
      stty("-icanon", "-echo");
      out.print(ENTER);
      view.size();
      return view;
    } catch (IOException | RuntimeException e) {
      keys.close();
      throw e;
    }
  }

  int rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  /** Clears the screen and shows these lines. */
  void show(List<String> lines) throws IOException {
    StringBuilder text = new StringBuilder(HOME);
    for (int i = 0; i < lines.size(); i++) {
      text.append(lines.get(i)).append(END_OF_LINE);
      if (i < lines.size() - 1) {
        text.append("\r\n");
      }
    }
    out.print(text.append(BELOW));
    out.flush();
    size();
  }

  /** Waits for a key. Returns true if the user wants to quit. */
  boolean quits(long millis) throws IOException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    while (System.nanoTime() < deadline) {
      while (keys.available() > 0) {
        int key = keys.read();
        if (key == 'q' || key == 'Q') {
          return true;
        }
      }
      try {
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return true;
      }
    }
    return false;
  }

  private void size() throws IOException {
    String[] size = stty("size").split(" ");
    if (size.length == 2) {
      int newRows = Integer.parseInt(size[0]);
      int newColumns = Integer.parseInt(size[1]);
      rows = newRows > 0 ? newRows : ROWS;
      columns = newColumns > 0 ? newColumns : COLUMNS;
    }
  }

  private static String stty(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("stty"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectInput(DEVICE).redirectErrorStream(true).start();
    try (InputStream said = process.getInputStream()) {
      String text = new String(said.readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new IOException("stty: " + text);
      }
      return text;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private void restore() {
    out.print(LEAVE);
    out.flush();
    try {
      stty(before);
    } catch (IOException e) {
      // the terminal has closed
    }
  }

  @Override
  public void close() throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(restore);
      restore();
    } catch (IllegalStateException e) {
      // the shutdown hook restores the terminal
    }
    keys.close();
  }
}
