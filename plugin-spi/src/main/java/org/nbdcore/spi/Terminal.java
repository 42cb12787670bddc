package org.nbdcore.spi;

import java.io.Closeable;
import java.io.EOFException;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The controlling terminal of the process ({@code /dev/tty}), even if the standard streams are
 * redirected: standard input may supply the script of a plugin. {@link System#console} does not
 * work in that case: depending on the version of Java, it is missing or reads standard input.
 */
final class Terminal implements Closeable {

  private static final File DEVICE = new File("/dev/tty");

  private final InputStream in;
  private final OutputStream out;

  private Terminal(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  /**
   * Opens it.
   *
   * @throws IOException if there is none, as for a service
   */
  static Terminal open() throws IOException {
    InputStream in;
    try {
      in = new FileInputStream(DEVICE);
    } catch (IOException e) {
      throw new IOException("there is no terminal", e);
    }
    try {
      return new Terminal(in, new FileOutputStream(DEVICE));
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /**
   * Asks for a line without echo.
   *
   * @throws IOException if the terminal cannot turn off its echo, or the user ends the input
   */
  Secret askWithoutEcho(String question) throws IOException {
    Thread restore = new Thread(Terminal::echo, "terminal-echo");
    Runtime.getRuntime()
        .addShutdownHook(restore); // the user needs the echo again after an interrupt
    try {
      stty("-echo");
      out.write(question.getBytes(StandardCharsets.UTF_8));
      return line();
    } finally {
      echo();
      out.write('\n');
      removeHook(restore);
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the JVM is shutting down, so the hook runs anyway
    }
  }

  private Secret line() throws IOException {
    try (SecretLine typed = new SecretLine()) {
      int c = in.read();
      while (c >= 0 && c != '\n') {
        typed.add(c);
        c = in.read();
      }
      if (c < 0 && typed.isEmpty()) {
        throw new EOFException("nothing was typed");
      }
      return typed.secret(); // as from a file
    }
  }

  private static void echo() {
    try {
      stty("echo");
    } catch (IOException e) {
      // the terminal has closed
    }
  }

  private static void stty(String mode) throws IOException {
    Process process =
        new ProcessBuilder("stty", mode).redirectInput(DEVICE).redirectErrorStream(true).start();
    try (InputStream said = process.getInputStream()) {
      String text = new String(said.readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new IOException("stty " + mode + ": " + text);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
    out.close();
  }
}
