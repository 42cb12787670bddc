package org.nbdcore.testkit;

import java.util.Objects;
import org.nbdcore.spi.Flags;

/** A call that a {@link ModelDevice} received: one immutable value. */
public final class RecordedCall {

  private final Operation operation;
  private final long offset;
  private final long length;
  private final Flags flags;

  RecordedCall(Operation operation, long offset, long length, Flags flags) {
    this.operation = operation;
    this.offset = offset;
    this.length = length;
    this.flags = flags;
  }

  /** The method that was called. */
  public Operation operation() {
    return operation;
  }

  /** Offset on the disk, in bytes; 0 for a flush. */
  public long offset() {
    return offset;
  }

  /** Length in bytes; 0 for a flush. */
  public long length() {
    return length;
  }

  /** The flags, as the caller gave them. */
  public Flags flags() {
    return flags;
  }

  /** Whether all of these flags were given. */
  public boolean has(Flags wanted) {
    return flags.has(wanted);
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof RecordedCall other
        && operation == other.operation
        && offset == other.offset
        && length == other.length
        && flags.equals(other.flags);
  }

  @Override
  public int hashCode() {
    return Objects.hash(operation, offset, length, flags);
  }

  @Override
  public String toString() {
    return "RecordedCall[operation="
        + operation
        + ", offset="
        + offset
        + ", length="
        + length
        + ", flags="
        + flags
        + "]";
  }
}
