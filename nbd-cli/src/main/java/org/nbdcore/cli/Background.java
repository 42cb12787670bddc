package org.nbdcore.cli;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import org.nbdcore.system.ProcessCalls;

/**
 * Moves the server to the background. The launcher starts the process that becomes the server, and
 * waits. The server reports the result of its start over a descriptor, and then detaches from the
 * terminal. So only one JVM starts, the user sees start-up errors, and no secret is passed to
 * another process.
 */
final class Background {

  /** The launcher sets this property to the number of the descriptor on which it waits. */
  private static final String DESCRIPTOR = "nbdcore.ready";

  private Background() {}

  /** True if a launcher waits for the result of the start. */
  static boolean possible() {
    return System.getProperty(DESCRIPTOR) != null;
  }

  /** Loads the classes for {@link #detach} in advance, in parallel with other work. */
  static void prepare() {
    Thread loader = new Thread(ProcessCalls::getppid, "background-prepare");
    loader.setDaemon(true);
    loader.setUncaughtExceptionHandler((thread, e) -> {}); // detach reports it
    try {
      loader.start();
    } catch (OutOfMemoryError e) {
      // no thread can be started; detach then loads it
    }
  }

  /**
   * Enables SIGINT for this process, because a shell starts background processes with SIGINT
   * ignored. Call this before the handlers are set, and before the server is reported as running.
   */
  static void acceptInterrupts() throws IOException {
    try {
      ProcessCalls.signal(ProcessCalls.SIGINT, null);
    } catch (LinkageError e) {
      throw noJna(e);
    }
  }

  private static IOException noJna(LinkageError e) {
    return new IOException("cannot go to the background, as JNA does not load; use -f", e);
  }

  /**
   * Makes the launcher return with success, and detaches from its session and standard streams.
   *
   * @throws IOException if the launcher has ended, for example by Ctrl-C, or the system refuses
   */
  static void detach() throws IOException {
    try {
      ProcessCalls
          .setsid(); // fails only if this process already leads a group, which is sufficient
      int nowhere = ProcessCalls.open("/dev/null", ProcessCalls.O_RDWR);
      if (nowhere < 0) {
        throw new IOException("cannot go to the background: /dev/null cannot be opened");
      }
      byte[] ready = "ready\n".getBytes(StandardCharsets.US_ASCII);
      if (ProcessCalls.write(descriptor(), ready, ready.length) != ready.length) {
        throw new IOException("cannot go to the background: the command that waits has ended");
      }
      for (int stream = 0; stream <= 2; stream++) {
        ProcessCalls.dup2(nowhere, stream);
      }
      ProcessCalls.close(nowhere);
      ProcessCalls.close(descriptor());
    } catch (LinkageError e) {
      throw noJna(e);
    }
  }

  /** Sends the exit status to the launcher, if one waits. Needs no JNA. */
  static void reportExit(int status) {
    if (!possible()) {
      return;
    }
    // Opening a pipe without a reader only for writing would block.
    try (RandomAccessFile pipe = new RandomAccessFile("/dev/fd/" + descriptor(), "rw")) {
      pipe.write(("exit " + status + "\n").getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // The launcher has ended; no one needs the status.
    }
  }

  private static int descriptor() {
    return Integer.getInteger(DESCRIPTOR);
  }
}
