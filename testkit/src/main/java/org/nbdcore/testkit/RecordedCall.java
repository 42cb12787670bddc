package org.nbdcore.testkit;

/**
 * A call that a {@link ModelDevice} received.
 *
 * @param operation which one
 * @param offset where on the disk; 0 for a flush
 * @param length in bytes; 0 for a flush
 * @param flags bits of {@link org.nbdcore.spi.Flags}
 */
public record RecordedCall(Operation operation, long offset, long length, int flags) {

  /** Whether all of these flags were given. */
  public boolean has(int wanted) {
    return (flags & wanted) == wanted;
  }
}
