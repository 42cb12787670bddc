package org.nbdcore.plugin.mkfs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.nbdcore.spi.Commands;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * A shell script that creates a disk. Its variables are the user's parameters, {@code $disk} and
 * {@code $size}.
 */
final class DiskCommand {

  /** Each mkfs has its own options for "do not ask" and for labels. */
  static final String MKFS =
      """
      set -e
      force= flag=-L
      case "$type" in
        ext?) force=-F ;;
        xfs | btrfs | f2fs) force=-f ;;
        ntfs) force=-QF ;;
        *fat | msdos | exfat) flag=-n ;;
      esac
      case "$type" in f2fs) flag=-l ;; esac
      truncate -s "$size" "$disk"
      PATH=$PATH:/usr/sbin:/sbin
      if [ -n "$label" ]; then
        mkfs -t "$type" $force "$flag" "$label" "$disk"
      else
        mkfs -t "$type" $force "$disk"
      fi
      """;

  private static final Log LOG = Log.of("mkfs");
  private static final int SHOWN = 1000;

  private final String command;
  private final Map<String, String> variables;
  private final long size;

  DiskCommand(String command, Map<String, String> variables, long size) {
    this.command = command;
    this.variables = Map.copyOf(variables);
    this.size = size;
  }

  /** Makes a disk as {@code disk}; if that fails, nothing is left there. */
  void make(Path disk) throws IOException {
    try {
      run(disk);
      if (!Files.isRegularFile(disk)) {
        throw new NbdException(NbdError.EIO, "command has not created the disk that $disk names");
      }
    } catch (IOException e) {
      Files.deleteIfExists(disk);
      throw e;
    }
  }

  private void run(Path disk) throws IOException {
    StringBuilder script = new StringBuilder();
    variables.forEach((name, value) -> assign(script, name, value));
    assign(script, "disk", FileNames.text(disk));
    assign(script, "size", Long.toString(size));
    Process process =
        Commands.shell(script + command)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .start();
    String printed;
    try (InputStream out = process.getInputStream()) {
      printed = end(out);
    }
    int status = status(process);
    LOG.debug(() -> "made " + disk + ", exit status " + status + ": " + printed);
    if (status != 0) {
      throw new NbdException(
          NbdError.EIO,
          "command could not create the disk, exit status " + status + ": " + printed.strip());
    }
  }

  private static void assign(StringBuilder script, String name, String value) {
    script.append(name).append("='").append(value.replace("'", "'\\''")).append("'\n");
  }

  /**
   * Reads all output, so that the command never blocks on it; the end of the output explains a
   * failure.
   */
  private static String end(InputStream out) throws IOException {
    byte[] buffer = new byte[4 * SHOWN];
    StringBuilder text = new StringBuilder();
    for (int count = out.read(buffer); count >= 0; count = out.read(buffer)) {
      text.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
      text.delete(0, Math.max(0, text.length() - SHOWN));
    }
    return text.toString();
  }

  private static int status(Process process) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return process.waitFor();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
