package org.nbdcore.filter.log;

import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.nbdcore.spi.Commands;
import org.nbdcore.spi.Log;

/**
 * The destination of the lines. A failure to log is reported once and does not fail any request.
 * Safe for several threads.
 */
final class LogOutput implements Closeable {

  private static final Log LOG = Log.of("log");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

  private final Optional<Path> file;
  private final Optional<String> script;
  private final boolean append;
  private Writer writer; // guarded by this
  private boolean failed; // guarded by this

  LogOutput(Optional<Path> file, Optional<String> script, boolean append) {
    this.file = file;
    this.script = script;
    this.append = append;
  }

  boolean active() {
    return file.isPresent() || script.isPresent();
  }

  /** True if logging is slow, because each line starts a process. */
  boolean slow() {
    return script.isPresent();
  }

  synchronized void open() throws IOException {
    if (file.isPresent()) {
      writer =
          Files.newBufferedWriter(
              file.get(),
              StandardCharsets.UTF_8,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              append ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING);
    }
  }

  void log(LogEntry entry) {
    try {
      write(LocalDateTime.now(ZoneId.systemDefault()).format(TIME) + " " + entry.line() + "\n");
    } catch (IOException e) {
      logFailure("cannot write to the log file", e);
    }
    if (script.isPresent()) {
      run(script.get(), entry.variables());
    }
  }

  private synchronized void write(String line) throws IOException {
    if (writer != null) {
      writer.write(line);
      writer.flush();
    }
  }

  private void run(String command, Map<String, String> variables) {
    ProcessBuilder builder = Commands.shell(command).inheritIO();
    builder.environment().putAll(variables);
    boolean interrupted = false;
    try {
      Process process = builder.start();
      while (true) {
        try {
          process.waitFor();
          break;
        } catch (InterruptedException e) {
          interrupted =
              true; // workers are never interrupted; the flag is restored for other callers
        }
      }
    } catch (IOException e) {
      logFailure("cannot run the log script", e);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void logFailure(String what, IOException failure) {
    if (!failed) {
      failed = true;
      LOG.error(what + ": " + failure.getMessage());
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (writer != null) {
      writer.close();
      writer = null;
    }
  }
}
