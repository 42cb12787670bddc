package org.nbdcore.tools.vsphere;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The state of the copies in a folder, kept in a file of that folder. The file has one line for
 * each disk: the disk's key, how many bytes from the start are copied, and the change ID of the
 * copied state.
 */
final class CopyState {

  /**
   * State of one disk.
   *
   * @param copied {@link Long#MAX_VALUE} if the disk is complete
   * @param changeId empty if changes are not tracked
   */
  record Disk(long copied, String changeId) {

    boolean complete() {
      return copied == Long.MAX_VALUE;
    }

    /** True if a later copy can continue from this state. */
    boolean usable() {
      return !changeId.isEmpty();
    }
  }

  private final Path file;
  private final Map<Integer, Disk> disks = new TreeMap<>();

  private CopyState(Path file) {
    this.file = file;
  }

  static CopyState read(Path file) throws IOException {
    CopyState state = new CopyState(file);
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        String[] words = line.split(" ", 3);
        try {
          long copied = words[1].equals("all") ? Long.MAX_VALUE : Long.parseLong(words[1]);
          state.disks.put(
              Integer.parseInt(words[0]), new Disk(copied, words.length < 3 ? "" : words[2]));
        } catch (RuntimeException e) {
          throw new IOException(
              "'" + file + "' must have lines of a key, a number of bytes and a change ID", e);
        }
      }
    }
    return state;
  }

  /** Returns null if nothing is recorded. */
  Disk disk(int key) {
    return disks.get(key);
  }

  /** Replaces the file atomically. */
  synchronized void put(int key, Disk disk) throws IOException {
    disks.put(key, disk);
    List<String> lines = new ArrayList<>();
    disks.forEach(
        (of, one) ->
            lines.add(
                (of + " " + (one.complete() ? "all" : one.copied()) + " " + one.changeId())
                    .stripTrailing()));
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.write(fresh, lines, StandardCharsets.UTF_8);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
