package org.nbdcore.testkit;

import org.nbdcore.spi.Flags;

/**
 * A call that a {@link ModelDevice} received.
 *
 * @param operation the kind of call
 * @param offset on the disk, in bytes; 0 for a flush
 * @param length in bytes; 0 for a flush
 * @param flags as the caller gave them
 */
public record RecordedCall(Operation operation, long offset, long length, Flags flags) {

  /** True if the call had all of these flags. */
  public boolean has(Flags wanted) {
    return flags.has(wanted);
  }
}
