package org.nbdcore.it;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a process uses, as the system counts it.
 *
 * @param resident bytes of its memory that are resident: heap, direct memory and all else
 * @param threads of it
 * @param descriptors that it has open
 */
record Usage(long resident, int threads, int descriptors) {

  /** Fields of {@code /proc/PID/stat} after the name, which ends at the last bracket. */
  private static final int USER_TIME = 11;

  private static final long TICK_MILLIS = 10;

  /** What that process uses now. */
  static Usage of(long pid) throws IOException {
    long resident = 0;
    int threads = 0;
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        resident = number(line) << 10;
      } else if (line.startsWith("Threads:")) {
        threads = (int) number(line);
      }
    }
    int descriptors = 0;
    try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path each : open) {
        descriptors += each.getNameCount() > 0 ? 1 : 0;
      }
    }
    return new Usage(resident, threads, descriptors);
  }

  /** The processor time that the process has used so far. */
  static Duration processor(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    long ticks = Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1]);
    return Duration.ofMillis(ticks * TICK_MILLIS);
  }

  private static long number(String line) {
    return Long.parseLong(line.replaceAll("\\D", ""));
  }
}
