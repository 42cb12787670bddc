package org.nbdcore.plugin.script;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.Commands;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;

/** Calls the methods of a script, each in its own process. Safe for use by several threads. */
final class ScriptRunner {

  /** The largest exit code with a meaning. {@code --dump-plugin} reports it to scripts. */
  static final int MAX_KNOWN_STATUS = 8;

  /** Maximum number of bytes to read from a script's standard error. */
  private static final int MAX_ERRORS = 64 << 10;

  private static final Redirect NOTHING = Redirect.from(new File("/dev/null"));

  /** Writes the script's standard input. */
  interface Source {
    void writeTo(OutputStream stdin) throws IOException;
  }

  /** Reads the script's standard output to its end. */
  interface Sink {
    void readFrom(InputStream stdout) throws IOException;
  }

  private final ScriptSource script;
  private final WorkingDirectory workingDirectory;

  ScriptRunner(ScriptSource script, WorkingDirectory workingDirectory) {
    this.script = script;
    this.workingDirectory = workingDirectory;
  }

  String name() {
    return script.name();
  }

  /** Calls a method that reads nothing. Its output is in the result. */
  MethodResult call(Session session, String method, String... arguments) throws IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    MethodResult.Kind kind =
        run(session, null, stdout -> stdout.transferTo(output), method, arguments);
    return new MethodResult(kind, output.toByteArray());
  }

  /** Calls a method that prints data. */
  MethodResult.Kind read(Session session, Sink sink, String method, String... arguments)
      throws IOException {
    return run(session, null, sink, method, arguments);
  }

  /** Calls a method that reads data from standard input. Its output is discarded. */
  MethodResult.Kind write(Session session, Source source, String method, String... arguments)
      throws IOException {
    return run(session, source, null, method, arguments);
  }

  private MethodResult.Kind run(
      Session session, Source source, Sink sink, String method, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(script.command(method));
    command.addAll(List.of(arguments));
    Path errors = workingDirectory.errors();
    ProcessBuilder builder = Commands.of(command);
    builder.environment().put("tmpdir", workingDirectory.folder().toString());
    // Standard error goes to a file, because no thread would read a pipe while this one reads or
    // writes the other stream.
    builder.redirectError(errors.toFile());
    builder.redirectInput(source == null ? NOTHING : Redirect.PIPE);
    builder.redirectOutput(sink == null ? Redirect.DISCARD : Redirect.PIPE);
    try {
      int status = exchange(builder.start(), source, sink);
      return judge(session, method, status, errors);
    } finally {
      Files.deleteIfExists(errors);
    }
  }

  private int exchange(Process process, Source source, Sink sink) throws IOException {
    try {
      if (source != null) {
        feed(process, source);
      }
      if (sink != null) {
        try (InputStream stdout = process.getInputStream()) {
          sink.readFrom(stdout);
        }
      }
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while " + name() + " ran");
    }
  }

  private static void feed(Process process, Source source) {
    try (OutputStream stdin = process.getOutputStream()) {
      source.writeTo(stdin);
    } catch (IOException e) {
      // The script did not read all input; its exit status decides whether that is an error.
    }
  }

  private MethodResult.Kind judge(Session session, String method, int status, Path errors)
      throws IOException {
    switch (status) {
      case 0:
        return MethodResult.Kind.OK;
      case 2:
        return MethodResult.Kind.MISSING;
      case 3:
        return MethodResult.Kind.FALSE;
      case 4:
        session.shutdownServer();
        return MethodResult.Kind.OK;
      case 5:
        session.shutdownServer();
        throw failure(method, status, errors, NbdError.ESHUTDOWN);
      case 6:
        session.disconnect(true);
        throw failure(method, status, errors, NbdError.ESHUTDOWN);
      case 7:
        session.disconnect(false);
        return MethodResult.Kind.OK;
      case 8:
        session.disconnect(false);
        throw failure(method, status, errors, NbdError.ESHUTDOWN);
      default:
        throw failure(method, status, errors, NbdError.EIO);
    }
  }

  private NbdException failure(String method, int status, Path errors, NbdError otherwise)
      throws IOException {
    byte[] said;
    try (InputStream in = Files.newInputStream(errors)) {
      said = in.readNBytes(MAX_ERRORS);
    }
    ScriptError complaint = ScriptError.parse(new String(said, StandardCharsets.UTF_8));
    String text =
        complaint.text().isEmpty()
            ? "exit status " + status + " without a message"
            : complaint.text();
    NbdError error = complaint.error() == null ? otherwise : complaint.error();
    return new NbdException(error, name() + ": " + method + ": " + text);
  }

  /** Creates the failure for an unexpected result of a method. */
  IOException wrong(String method, String what) {
    return new IOException(name() + ": " + method + ": " + what);
  }

  /** Calls an optional method without output. Returns true if the script has it. */
  boolean perform(Session session, String method, String... arguments) throws IOException {
    MethodResult answer = call(session, method, arguments);
    refuseFalse(method, answer.kind());
    return !answer.missing();
  }

  /** For methods that do not answer yes or no. */
  void refuseFalse(String method, MethodResult.Kind kind) throws IOException {
    if (kind == MethodResult.Kind.FALSE) {
      throw wrong(method, "exit status 3 is for questions only");
    }
  }
}
