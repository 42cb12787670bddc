package org.nbdcore.client;

import java.nio.ByteBuffer;
import org.nbdcore.protocol.Command;

/**
 * A request in flight. Its thread fills it in and waits; until {@link #done} only the thread that
 * leads {@link RequestMultiplexer} touches the rest.
 */
final class PendingRequest {

  final int command;
  final long offset;
  final long length;
  final Thread thread = Thread.currentThread();

  /** For reads: the buffer for the data, from position 0 to {@link #length}. */
  final ByteBuffer dst;

  /** For block status: the extents of each context. */
  final ExtentArray[] extents;

  final boolean onlyOne;

  long cookie;

  /**
   * Set before the thread tries to become the leader, so that a leader that finishes can wake it.
   */
  volatile boolean waiting;

  volatile boolean done;

  int error;
  String serverMessage = "";
  private ReceivedRanges coverage;

  PendingRequest(
      int command,
      long offset,
      long length,
      ByteBuffer dst,
      ExtentArray[] extents,
      boolean onlyOne) {
    this.command = command;
    this.offset = offset;
    this.length = length;
    this.dst = dst;
    this.extents = extents;
    this.onlyOne = onlyOne;
  }

  ReceivedRanges coverage() {
    if (coverage == null) {
      coverage = new ReceivedRanges();
    }
    return coverage;
  }

  /** Keeps the first error; a reply may hold several. */
  void fail(int value, String message) {
    if (error == 0) {
      error = value;
      serverMessage = message;
    }
  }

  /** For messages. */
  @Override
  public String toString() {
    return describe(command, offset, length);
  }

  static String describe(int command, long offset, long length) {
    switch (command) {
      case Command.FLUSH:
        return "flush";
      case Command.READ:
        return range("read", offset, length);
      case Command.WRITE:
        return range("write", offset, length);
      case Command.TRIM:
        return range("trim", offset, length);
      case Command.CACHE:
        return range("cache", offset, length);
      case Command.WRITE_ZEROES:
        return range("zero", offset, length);
      default:
        return range("block status", offset, length);
    }
  }

  private static String range(String name, long offset, long length) {
    return name + " of " + length + " bytes at offset " + offset;
  }
}
