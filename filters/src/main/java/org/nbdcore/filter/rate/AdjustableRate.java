package org.nbdcore.filter.rate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.Sizes;

/**
 * A rate in bits per second, which a file can change at run time; 0 for no limit. Safe for use by
 * several threads.
 */
final class AdjustableRate {

  private static final Log LOG = Log.of("rate");

  /** Interval between checks of the file. */
  static final long CHECK_NANOS = 500_000_000;

  private final Optional<Path> file;
  private volatile long bitsPerSecond;
  private long checked; // guarded by this
  private boolean everChecked; // guarded by this

  AdjustableRate(long bitsPerSecond, Optional<Path> file) {
    this.bitsPerSecond = bitsPerSecond;
    this.file = file;
  }

  /** True if there is a limit, or can be one later. */
  boolean limits() {
    return bitsPerSecond > 0 || file.isPresent();
  }

  /** The rate at a time of {@link System#nanoTime}. */
  long bitsPerSecond(long now) {
    if (file.isPresent()) {
      refresh(now, file.get());
    }
    return bitsPerSecond;
  }

  private synchronized void refresh(long now, Path path) {
    if (everChecked && now - checked < CHECK_NANOS) {
      return;
    }
    checked = now;
    everChecked = true;
    try {
      if (Files.exists(path)) {
        bitsPerSecond = Sizes.parse(Files.readString(path).strip());
      }
    } catch (IOException e) {
      LOG.warn("the file with the rate cannot be read: " + e.getMessage());
    } catch (ConfigException e) {
      LOG.warn("the rate in the file " + e.getMessage());
    }
  }
}
