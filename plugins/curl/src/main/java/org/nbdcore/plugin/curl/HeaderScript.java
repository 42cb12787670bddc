package org.nbdcore.plugin.curl;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.nbdcore.spi.Commands;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * A shell script that prints headers for the web server. It runs on first use, and again when its
 * output has expired. Safe for use by many threads: one runs it, the others wait.
 */
final class HeaderScript {

  /** Maximum output in bytes; no server accepts more headers. */
  private static final int MAX_OUTPUT = 1 << 20;

  private final String key;
  private final String text;
  private final String url;
  private final Duration renew; // zero if never
  private final Log shown; // null if its output must not be logged
  private List<String> lines;
  private long since;
  private int iteration;

  /**
   * @param key of its parameter, for messages
   * @param url the value of {@code $url}
   * @param renew time after which it runs again; zero for never
   * @param shown log for its output, or null
   */
  HeaderScript(String key, String text, String url, Duration renew, Log shown) {
    this.key = key;
    this.text = text;
    this.url = url;
    this.renew = renew;
    this.shown = shown;
  }

  /** Its output, line by line, without empty lines. */
  synchronized List<String> lines() throws IOException {
    boolean old = !renew.isZero() && System.nanoTime() - since > renew.toNanos();
    if (lines == null || old) {
      lines = run();
      since = System.nanoTime();
    }
    return lines;
  }

  private List<String> run() throws IOException {
    ProcessBuilder builder = Commands.shell(text);
    builder.environment().put("url", url);
    builder.environment().put("iteration", String.valueOf(iteration++));
    builder.redirectInput(Redirect.from(new File("/dev/null")));
    builder.redirectError(Redirect.INHERIT);
    Process process = builder.start();
    try (InputStream out = process.getInputStream()) {
      byte[] printed = out.readNBytes(MAX_OUTPUT);
      if (out.read() >= 0) {
        throw new NbdException(NbdError.EIO, key + " prints more than " + MAX_OUTPUT + " bytes");
      }
      int status = process.waitFor();
      if (status != 0) {
        throw new NbdException(NbdError.EIO, key + " failed with exit status " + status);
      }
      List<String> found =
          new String(printed, StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank())
              .toList();
      if (shown != null) {
        found.forEach(line -> shown.debug(key + ": " + line));
      }
      return found;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while " + key + " ran");
    } finally {
      process.destroy();
    }
  }
}
