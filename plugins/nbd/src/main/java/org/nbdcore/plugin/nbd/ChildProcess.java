package org.nbdcore.plugin.nbd;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.nbdcore.spi.Commands;
import org.nbdcore.spi.FileNames;
import org.nbdcore.system.ErrorText;
import org.nbdcore.system.ProcessCalls;
import org.nbdcore.system.SocketCalls;

/**
 * A child process with a listening socket on descriptor 3. Java's {@code ProcessBuilder} cannot
 * pass descriptors.
 */
final class ChildProcess implements Closeable {

  private static final int LISTEN_FD = 3;
  private static final int SUN_PATH = 108;
  private static final long STOP_SECONDS = 5;

  /**
   * A shell script that sets LISTEN_PID to its own process id, and then replaces itself with the
   * program, which has the same id.
   */
  private static final String SCRIPT =
      "LISTEN_PID=$$ LISTEN_FDS=1; export LISTEN_PID LISTEN_FDS; exec \"$@\"";

  private final int pid;
  private final ProcessHandle handle;

  private ChildProcess(int pid) {
    this.pid = pid;
    this.handle = ProcessHandle.of(pid).orElse(null);
  }

  /** Starts a program that listens on {@code socket}. */
  static ChildProcess start(List<String> words, Path socket) throws IOException {
    int listening = listen(socket);
    try {
      List<String> arguments = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, words.get(0)));
      arguments.addAll(words);
      return new ChildProcess(spawn(arguments, listening));
    } finally {
      // The child process has its own; when it ends, no process listens.
      ProcessCalls.close(listening);
    }
  }

  private static int listen(Path socket) throws IOException {
    byte[] name = FileNames.encode(FileNames.text(socket));
    if (name.length >= SUN_PATH) {
      throw new IOException(
          "the socket " + socket + " has too long a name: set java.io.tmpdir to a shorter folder");
    }
    try (Memory address = new Memory(2 + SUN_PATH)) {
      address.clear();
      address.setShort(0, (short) SocketCalls.AF_UNIX);
      address.write(2, name, 0, name.length);
      int listening = SocketCalls.socket(SocketCalls.AF_UNIX, SocketCalls.SOCK_STREAM, 0);
      if (listening < 0
          || SocketCalls.bind(listening, address, (int) address.size()) != 0
          || SocketCalls.listen(listening, 1) != 0) {
        String reason = ErrorText.last();
        if (listening >= 0) {
          ProcessCalls.close(listening);
        }
        throw new IOException("cannot listen on " + socket + ": " + reason);
      }
      return listening;
    }
  }

  private static int spawn(List<String> arguments, int listening) throws IOException {
    List<String> environment = new ArrayList<>();
    for (Map.Entry<String, String> entry : Commands.environment().entrySet()) {
      if (!entry.getKey().startsWith("LISTEN_")) {
        environment.add(entry.getKey() + "=" + entry.getValue());
      }
    }
    Memory actions = new Memory(512); // larger than the structure is anywhere
    ProcessCalls.posix_spawn_file_actions_init(actions);
    try (Words argv = new Words(arguments);
        Words envp = new Words(environment)) {
      ProcessCalls.posix_spawn_file_actions_adddup2(actions, listening, LISTEN_FD);
      closeOthers(actions);
      int[] pid = new int[1];
      int error = ProcessCalls.posix_spawn(pid, "/bin/sh", actions, null, argv.array, envp.array);
      if (error != 0) {
        throw new IOException("cannot start " + arguments.get(3) + ": " + ErrorText.of(error));
      }
      return pid[0];
    } finally {
      ProcessCalls.posix_spawn_file_actions_destroy(actions);
      actions.close();
    }
  }

  /** Closes all other descriptors in the child, above all the sockets of clients. */
  private static void closeOthers(Pointer actions) throws IOException {
    if (ProcessCalls.addCloseFrom(actions, LISTEN_FD + 1)) {
      return;
    }
    try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/dev/fd"))) {
      for (Path entry : open) {
        int descriptor = Integer.parseInt(entry.getFileName().toString());
        if (descriptor > LISTEN_FD) {
          ProcessCalls.posix_spawn_file_actions_addclose(actions, descriptor);
        }
      }
    }
  }

  /** An array of C strings, as for {@code main}. */
  private static final class Words implements AutoCloseable {

    private final Memory text;
    private final Memory array;

    Words(List<String> words) {
      List<byte[]> encoded = new ArrayList<>();
      long length = 1;
      for (String word : words) {
        byte[] bytes = FileNames.encode(word);
        encoded.add(bytes);
        length += bytes.length + 1;
      }
      text = new Memory(length);
      text.clear();
      array = new Memory((long) Native.POINTER_SIZE * (words.size() + 1));
      array.clear();
      long at = 0;
      for (int i = 0; i < encoded.size(); i++) {
        byte[] bytes = encoded.get(i);
        text.write(at, bytes, 0, bytes.length);
        array.setPointer((long) Native.POINTER_SIZE * i, text.share(at));
        at += bytes.length + 1;
      }
    }

    @Override
    public void close() {
      text.close();
      array.close();
    }
  }

  /** True if it is still running. False for a zombie. */
  boolean alive() {
    if (handle == null) {
      return false;
    }
    try {
      return ProcessCalls.waitpid(pid, new int[1], 1 /* WNOHANG */) == 0;
    } catch (LastErrorException e) {
      return false;
    }
  }

  /** Terminates the program, if necessary by force. */
  @Override
  public void close() {
    if (!alive()) {
      return;
    }
    handle.destroy();
    try {
      handle.onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      handle.destroyForcibly();
    } catch (InterruptedException e) {
      handle.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try {
      ProcessCalls.waitpid(pid, new int[1], 0);
    } catch (LastErrorException e) {
      // other code has waited for it already
    }
  }
}
