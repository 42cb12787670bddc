package org.nbdcore.testkit;

import org.nbdcore.spi.Flags;

/**
 * A call that a {@link ModelDevice} received.
 *
 * @param operation which one
 * @param offset where on the disk; 0 for a flush
 * @param length in bytes; 0 for a flush
 * @param flags as the caller gave them
 */
public record RecordedCall(Operation operation, long offset, long length, Flags flags) {

  /** Whether all of these flags were given. */
  public boolean has(Flags wanted) {
    return flags.has(wanted);
  }
}
