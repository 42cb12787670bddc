package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A server in the foreground, on a Unix socket. */
final class Server {
  private static final int KILLED = 128 + 9;

  private final Process process;
  private final List<String> command;
  private final Path err;
  private final Path socket;
  private final CompletableFuture<String> firstLine = new CompletableFuture<>();

  private Server(Process process, List<String> command, Path err, Path socket) {
    this.process = process;
    this.command = command;
    this.err = err;
    this.socket = socket;
  }

  /** Starts the server and returns when it listens. The command must print the URI at that time. */
  static Server start(ProcessBuilder builder, Path err, Path socket) throws IOException {
    Process process = builder.redirectError(err.toFile()).start();
    Server server = new Server(process, builder.command(), err, socket);
    Thread reader = new Thread(server::readOutput, "server-output");
    reader.setDaemon(true);
    reader.start();
    server.awaitListening();
    return server;
  }

  private void readOutput() {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        firstLine.complete(line);
      }
      firstLine.completeExceptionally(new IOException("it ended without listening"));
    } catch (IOException e) {
      firstLine.completeExceptionally(e);
    }
  }

  private void awaitListening() throws IOException {
    try {
      firstLine.get(Programs.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      process.destroyForcibly();
      fail("%s does not listen: %s%n%s", command, e, Files.readString(err));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail("interrupted", e);
    }
  }

  /** How clients reach it. */
  String uri() {
    return "nbd+unix:///?socket=" + socket;
  }

  Path socket() {
    return socket;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** What it has printed to standard error so far. */
  String errors() throws IOException {
    return Files.readString(err);
  }

  /** Sends SIGTERM and returns at once. */
  void terminate() {
    process.destroy();
  }

  /** Sends SIGTERM; the server must then end well and remove its socket. */
  Ran stop() throws IOException, InterruptedException {
    terminate();
    return ended();
  }

  /** Waits until it has ended by SIGKILL, and removes its socket. */
  void killed() throws IOException, InterruptedException {
    assertThat(process.waitFor(Programs.TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("exit status").isEqualTo(KILLED);
    Files.delete(socket);
  }

  /** Waits until it has ended; it must do so well and have removed its socket. */
  Ran ended() throws IOException, InterruptedException {
    int status = exitStatus();
    assertThat(socket).as("the socket of a server that has ended").doesNotExist();
    return new Ran(command, status, "", errors()).succeeded();
  }

  /** Waits until it has ended, in whatever way. */
  int exitStatus() throws IOException, InterruptedException {
    assertThat(process.waitFor(Programs.TIMEOUT.toSeconds(), TimeUnit.SECONDS))
        .as("%s has ended; it printed:%n%s", command, errors())
        .isTrue();
    return process.exitValue();
  }
}
