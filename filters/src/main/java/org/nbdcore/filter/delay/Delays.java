package org.nbdcore.filter.delay;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The delay of each operation, in nanoseconds.
 *
 * @param fastZero true to delay fast zeroes too, false to refuse them
 * @param trigger the file that must exist; without one, the delays always apply
 */
record Delays(
    long read,
    long write,
    long zero,
    long trim,
    long extents,
    long cache,
    long open,
    long close,
    boolean fastZero,
    Optional<Path> trigger) {

  /** True if the delays currently apply. */
  boolean active() {
    return trigger.isEmpty() || Files.exists(trigger.get());
  }
}
