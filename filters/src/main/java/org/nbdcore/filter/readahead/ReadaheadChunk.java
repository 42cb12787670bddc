package org.nbdcore.filter.readahead;

import java.nio.ByteBuffer;

/**
 * A range of the disk that was fetched or is being fetched. The monitor of its cache guards all
 * fields except the constants.
 */
final class ReadaheadChunk {

  /** The state of the fetch. */
  enum State {
    /** Not started; a reader that needs it now removes it from the list. */
    QUEUED,
    /** A thread reads it from the disk. */
    LOADING,
    /** It can be served. */
    READY
  }

  final long start;
  final int length;
  final ByteBuffer buffer;
  State state = State.QUEUED;

  /** True if the chunk was discarded, and is no longer in the table. */
  boolean dropped;

  /** Number of readers that copy from it. */
  int readers;

  /** Number of fetched bytes; 0 before the fetch has succeeded. */
  int fetched;

  /** Number of bytes that were served from it. */
  long served;

  long lastUsed;

  /** Takes over {@code buffer}, which has at least {@code length} bytes. */
  ReadaheadChunk(long start, int length, ByteBuffer buffer) {
    this.start = start;
    this.length = length;
    this.buffer = buffer;
  }

  long end() {
    return start + length;
  }
}
