package org.nbdcore.metrics.status;

import java.util.Locale;

/** Formats numbers in human-readable units. */
public final class Units {

  private static final String[] NAMES = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  private static final int SMALL = 10;

  private Units() {}

  /** Formats a size, such as {@code 1.5 GiB}. */
  public static String bytes(double bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < NAMES.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(
        Locale.ROOT, unit > 0 && value < SMALL ? "%.1f %s" : "%.0f %s", value, NAMES[unit]);
  }

  /** Formats a rate, such as {@code 113.2 MiB/s}. */
  public static String rate(double bytesPerSecond) {
    return String.format(Locale.ROOT, "%.1f MiB/s", bytesPerSecond / (1 << 20));
  }

  /** Formats a duration, such as {@code 4 min 9 s}. */
  public static String time(long seconds) {
    long minutes = seconds / 60;
    long hours = minutes / 60;
    if (hours >= 48) {
      return hours / 24 + " d " + hours % 24 + " h";
    }
    if (hours > 0) {
      return hours + " h " + minutes % 60 + " min";
    }
    return minutes > 0 ? minutes + " min " + seconds % 60 + " s" : seconds + " s";
  }
}
