package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.nbdcore.vsphere.VirtualDisk;

/** A file with a change ID for each disk. Each line has the disk's key, a space, and the ID. */
final class ChangeIds {

  /** Bytes of a UUID in hexadecimal, a slash, a number; or a star for all that was ever written. */
  private static final Pattern ID = Pattern.compile("\\*|[0-9A-Fa-f -]+/\\d+");

  private ChangeIds() {}

  /** True if the text is a change ID; otherwise it is the name of a file. */
  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  static Map<Integer, String> read(Path file) throws IOException {
    Map<Integer, String> ids = new HashMap<>();
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new IOException(
          "changed-since: '" + file + "' is neither a change ID nor an existing file", e);
    }
    for (String line : lines) {
      int space = line.indexOf(' ');
      if (space < 1
          || !line.substring(0, space).matches("\\d{1,9}")
          || !isId(line.substring(space + 1))) {
        throw new IOException(
            "changed-since: '" + file + "' must have lines of a disk's key and a change ID");
      }
      ids.put(Integer.parseInt(line.substring(0, space)), line.substring(space + 1));
    }
    return ids;
  }

  /** Replaces the file atomically. */
  static void write(Path file, List<VirtualDisk> disks) throws IOException {
    List<String> lines = new ArrayList<>();
    for (VirtualDisk disk : disks) {
      disk.changeId().ifPresent(id -> lines.add(disk.key() + " " + id));
    }
    if (lines.isEmpty()) {
      throw new IOException(
          "change-id-file: no disk has a change ID: turn change tracking on, and create a snapshot"
              + " or restart the machine");
    }
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.write(fresh, lines, StandardCharsets.UTF_8);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
