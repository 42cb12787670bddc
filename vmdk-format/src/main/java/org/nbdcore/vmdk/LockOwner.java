package org.nbdcore.vmdk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The content of our lock file.
 *
 * @param machine the machine on which the owner runs
 * @param boot identifies the machine's boot
 * @param namespace PID namespace of the owner
 * @param pid process identifier of the owner
 * @param start when the owner started, in milliseconds; 0 if not known
 */
record LockOwner(String machine, String boot, String namespace, long pid, long start) {
  private static final String PROGRAM = "nbd-core";
  private static final String NOT_KNOWN = "unknown";
  private static final int FIELDS = 6;

  /** An unknown owner, or one that has just removed its lock. */
  private static final LockOwner UNKNOWN = new LockOwner("", "", "", 0, 0);

  private static final LockOwner GONE = new LockOwner("", "", "", -1, 0);

  static LockOwner read(Path file, int longest) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return parse(new String(in.readNBytes(longest), StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return GONE;
    }
  }

  private static LockOwner parse(String text) {
    String[] fields = text.strip().split(" ");
    if (fields.length != FIELDS || !fields[0].equals(PROGRAM)) {
      return UNKNOWN;
    }
    try {
      return new LockOwner(
          fields[1], fields[2], fields[3], Long.parseLong(fields[4]), Long.parseLong(fields[5]));
    } catch (NumberFormatException e) {
      return UNKNOWN;
    }
  }

  /** Returns the content of a lock file. */
  static String ofThisProcess() {
    LockOwner own = own();
    return String.join(
        " ",
        PROGRAM,
        own.machine,
        own.boot,
        own.namespace,
        Long.toString(own.pid),
        Long.toString(own.start) + "\n");
  }

  private static LockOwner own() {
    ProcessHandle process = ProcessHandle.current();
    return new LockOwner(
        machineOfThisProcess(),
        word(Path.of("/proc/sys/kernel/random/boot_id")),
        namespaceOfThisProcess(),
        process.pid(),
        start(process));
  }

  private static String machineOfThisProcess() {
    String id = word(Path.of("/etc/machine-id"));
    return id.equals(NOT_KNOWN) ? word(Path.of("/proc/sys/kernel/hostname")) : id;
  }

  private static long start(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  private static String word(Path file) {
    try {
      String word = Files.readString(file).strip();
      return word.isEmpty() || word.contains(" ") ? NOT_KNOWN : word;
    } catch (IOException e) {
      return NOT_KNOWN; // not on Linux
    }
  }

  private static String namespaceOfThisProcess() {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
    } catch (IOException | UnsupportedOperationException e) {
      return NOT_KNOWN;
    }
  }

  /** Returns true if the owner has certainly ended. */
  boolean isGone() {
    if (equals(GONE)) {
      return true;
    }
    LockOwner own = own();
    if (!machine.equals(own.machine) || machine.equals(NOT_KNOWN)) {
      return false;
    }
    if (!boot.equals(own.boot)) {
      return true;
    }
    if (!namespace.equals(own.namespace)) {
      return false; // processes of another namespace are not visible from here
    }
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    if (process.isEmpty() || !process.get().isAlive()) {
      return true;
    }
    long running = start(process.get());
    return start != 0 && running != 0 && start != running;
  }
}
