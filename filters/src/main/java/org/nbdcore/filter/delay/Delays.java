package org.nbdcore.filter.delay;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How long each operation is held back, in nanoseconds.
 *
 * @param fastZero whether fast zeroes are held back too; otherwise they are refused
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

  /** Whether the delays apply now. */
  boolean active() {
    return trigger.isEmpty() || Files.exists(trigger.get());
  }
}
