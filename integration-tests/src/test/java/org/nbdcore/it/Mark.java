package org.nbdcore.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A variable in the environment of every process of a test, inherited by those that these start. It
 * finds processes that have left their parent, as a server in the background does.
 */
final class Mark {

  private static final String NAME = "NBDCORE_IT_MARK";

  private final String value = UUID.randomUUID().toString();

  void putOn(Map<String, String> environment) {
    environment.put(NAME, value);
  }

  /** The processes that bear the mark now. */
  List<ProcessHandle> processes() throws IOException {
    List<ProcessHandle> found = new ArrayList<>();
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(Path.of("/proc"), path -> isNumber(path.getFileName()))) {
      for (Path process : all) {
        if (bears(process)) {
          Optional<ProcessHandle> handle =
              ProcessHandle.of(Long.parseLong(process.getFileName().toString()));
          handle.ifPresent(found::add);
        }
      }
    }
    return found;
  }

  private static boolean isNumber(Path name) {
    return name.toString().chars().allMatch(Character::isDigit);
  }

  private boolean bears(Path process) {
    try {
      byte[] environment = Files.readAllBytes(process.resolve("environ"));
      return new String(environment, StandardCharsets.ISO_8859_1).contains(NAME + "=" + value);
    } catch (IOException e) {
      return false; // it has ended, or is another user's
    }
  }

  /**
   * Gives the processes that bear the mark some time to end by themselves, then ends them.
   *
   * @return what had to be ended
   */
  List<String> killAll(Duration grace) throws IOException {
    List<String> killed = new ArrayList<>();
    long deadline = System.nanoTime() + grace.toNanos();
    for (ProcessHandle process : processes()) {
      // A process that has ended stays in the list until its parent, or process 1, waits for it.
      if (!endsBefore(deadline, process) && bears(folder(process))) {
        killed.add(process.pid() + " " + commandLine(process));
        process.destroyForcibly();
      }
    }
    return killed;
  }

  private static Path folder(ProcessHandle process) {
    return Path.of("/proc", Long.toString(process.pid()));
  }

  /** Reads all of it: {@link ProcessHandle.Info} has none that is as long as the server's. */
  private static String commandLine(ProcessHandle process) {
    try {
      byte[] words = Files.readAllBytes(folder(process).resolve("cmdline"));
      return new String(words, StandardCharsets.UTF_8).replace('\0', ' ').strip();
    } catch (IOException e) {
      return "which ended meanwhile";
    }
  }

  private static boolean endsBefore(long deadline, ProcessHandle process) {
    try {
      long nanos = Math.max(1, deadline - System.nanoTime());
      process.onExit().get(nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
