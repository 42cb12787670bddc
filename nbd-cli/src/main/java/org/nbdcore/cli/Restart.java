package org.nbdcore.cli;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.InheritedDescriptors;
import org.nbdcore.spi.RestartRequiredException;
import org.nbdcore.spi.Secret;
import org.nbdcore.system.ProcessCalls;

/**
 * Executes the program again in the same process, because a library needs variables that are read
 * only when a process starts. The process id stays the same. Only the standard streams, the
 * launcher's pipe and the descriptor of secrets stay open.
 */
final class Restart {

  private static final String MAIN = Main.class.getName();
  private static final int TRIAL_SECONDS = 30;

  private Restart() {}

  /** The request for a restart among the causes of a failure, or null. */
  static RestartRequiredException demandedBy(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof RestartRequiredException demand) {
        return demand;
      }
    }
    return null;
  }

  /**
   * Executes the program again. Returns only if this fails, by throwing.
   *
   * @param plugin the name of the plugin that demands it
   * @param environment the variables of this process
   * @throws IOException if it was done before, cannot be done, or would kill the JVM
   */
  static void now(RestartRequiredException demand, String plugin, Map<String, String> environment)
      throws IOException {
    if (UserEnvironment.changed(environment)) {
      throw failure(demand, "starting again with it has not helped", null);
    }
    try {
      List<byte[]> arguments = commandLine();
      tryOut(arguments, demand);
      Set<Integer> kept = new HashSet<>();
      for (Map.Entry<String, Secret> secret : demand.secrets().entrySet()) {
        handOver(secret.getKey(), plugin, secret.getValue(), arguments, kept);
      }
      announce(kept, arguments);
      UserEnvironment.change(demand.environment(), environment, kept);
      closeAtExec(kept);
      execute(arguments);
    } catch (LinkageError e) {
      throw failure(demand, "JNA does not load", e);
    }
    throw failure(demand, "the system refuses to start this program again", null);
  }

  private static IOException failure(RestartRequiredException demand, String why, Throwable cause) {
    return new IOException(
        demand.getMessage() + "; it needs " + demand.environment() + ", but " + why, cause);
  }

  /** The words of this process's command line, the JVM's options among them. */
  private static List<byte[]> commandLine() throws IOException {
    List<byte[]> words = FileNames.split(Files.readAllBytes(Path.of("/proc/self/cmdline")));
    if (firstOwn(words) == 0) {
      throw new IOException("this process was not started as " + MAIN);
    }
    return words;
  }

  /** Index of the program's first own argument; 0 if it is not the one that this process runs. */
  private static int firstOwn(List<byte[]> words) {
    for (int i = 0; i < words.size(); i++) {
      if (text(words.get(i)).equals(MAIN)) {
        return i + 1;
      }
    }
    return 0;
  }

  private static String text(byte[] word) {
    return new String(word, StandardCharsets.ISO_8859_1);
  }

  /**
   * Tests the new environment in a child process, because a library that conflicts with those of
   * the JVM would crash it.
   */
  private static void tryOut(List<byte[]> arguments, RestartRequiredException demand)
      throws IOException {
    List<String> command = new ArrayList<>();
    for (byte[] word : arguments.subList(0, firstOwn(arguments))) {
      String option = new String(word, System.getProperty("sun.jnu.encoding"));
      if (!option.startsWith("-Dnbdcore.ready=")) {
        command.add(option);
      }
    }
    Path java = Path.of("/proc/self/exe").toRealPath();
    command.set(0, java.toString());
    command.add("--version");
    File output = File.createTempFile("nbd-core", ".trial");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
      builder.environment().putAll(demand.environment());
      Process trial = builder.start();
      trial.getOutputStream().close();
      boolean ended = trial.waitFor(TRIAL_SECONDS, TimeUnit.SECONDS);
      if (!ended || trial.exitValue() != 0) {
        trial.destroyForcibly();
        String said = Files.readString(output.toPath(), StandardCharsets.ISO_8859_1).strip();
        throw failure(
            demand,
            "this Java, "
                + java
                + ", does not start with this environment: a library in that folder conflicts with its own ("
                + said.lines().findFirst().orElse("it printed no message")
                + "); set NBD_CORE_JAVA to another Java",
            null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(demand, "interrupted", e);
    } finally {
      Files.delete(output.toPath());
    }
  }

  private static void handOver(
      String key, String plugin, Secret secret, List<byte[]> arguments, Set<Integer> kept)
      throws IOException {
    for (int i = firstOwn(arguments); i < arguments.size(); i++) {
      String word = text(arguments.get(i));
      for (String prefix : List.of(key + "=", plugin + "." + key + "=")) {
        if (word.startsWith(prefix)) {
          int descriptor = memoryWith(secret);
          kept.add(descriptor);
          arguments.set(i, (prefix + "-" + descriptor).getBytes(StandardCharsets.ISO_8859_1));
        }
      }
    }
  }

  /**
   * Adds descriptors to the list of inherited descriptors in the system property of the launcher.
   */
  private static void announce(Set<Integer> added, List<byte[]> arguments) {
    String option = "-Dnbdcore.inherited=";
    List<String> numbers = new ArrayList<>(InheritedDescriptors.numbers());
    added.forEach(number -> numbers.add(number.toString()));
    byte[] all = (option + String.join(" ", numbers)).getBytes(StandardCharsets.US_ASCII);
    arguments.replaceAll(word -> text(word).startsWith(option) ? all : word);
  }

  private static int memoryWith(Secret secret) throws IOException {
    byte[] secretBytes = secret.bytes();
    byte[] line = Arrays.copyOf(secretBytes, secretBytes.length + 1);
    line[secretBytes.length] = '\n';
    Arrays.fill(secretBytes, (byte) 0);
    try {
      int descriptor = ProcessCalls.memfd_create("nbd-core-secret", 0);
      if (descriptor < 0 || ProcessCalls.write(descriptor, line, line.length) != line.length) {
        throw new IOException("a secret cannot be handed over");
      }
      return descriptor;
    } finally {
      Arrays.fill(line, (byte) 0);
    }
  }

  private static void closeAtExec(Set<Integer> kept) {
    int launcher = Integer.getInteger("nbdcore.ready", -1);
    String[] open = new File("/proc/self/fd").list();
    for (String name : open == null ? new String[0] : open) {
      int descriptor = Integer.parseInt(name);
      boolean stays =
          descriptor <= 2
              || descriptor == launcher
              || InheritedSockets.includes(descriptor)
              || InheritedDescriptors.numbers().contains(name)
              || kept.contains(descriptor);
      if (!stays) {
        ProcessCalls.fcntl(descriptor, ProcessCalls.F_SETFD, ProcessCalls.FD_CLOEXEC);
      }
    }
  }

  private static void execute(List<byte[]> arguments) {
    System.out.flush();
    System.err.flush();
    List<Memory> words = new ArrayList<>();
    Memory array = new Memory((long) (arguments.size() + 1) * Long.BYTES);
    array.clear();
    for (int i = 0; i < arguments.size(); i++) {
      byte[] bytes = arguments.get(i);
      Memory word = new Memory(bytes.length + 1L);
      word.write(0, bytes, 0, bytes.length);
      word.setByte(bytes.length, (byte) 0);
      words.add(word);
      array.setPointer((long) i * Long.BYTES, word);
    }
    ProcessCalls.execv("/proc/self/exe", (Pointer) array);
    java.lang.ref.Reference.reachabilityFence(words);
  }
}
