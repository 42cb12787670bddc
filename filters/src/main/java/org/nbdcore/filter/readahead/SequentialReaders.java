package org.nbdcore.filter.readahead;

/**
 * Detects sequential readers. Several may read at the same time, and the requests of one reader may
 * arrive slightly out of order. Not safe for use by several threads.
 */
final class SequentialReaders {

  private static final int COUNT = 16;

  /** A sequential reader, or a candidate. */
  static final class Stream {
    private long next;
    private int score;
    private long window;
    private long lastUsed;

    /** Expected offset of the next request. */
    long next() {
      return next;
    }

    /** Number of bytes to fetch beyond {@link #next}; 0 if the reader does not seem sequential. */
    long window() {
      return score >= 2 ? window : 0;
    }
  }

  private final Stream[] streams = new Stream[COUNT];
  private final long firstWindow;
  private final long lastWindow;
  private long clock;

  /** The window of a stream grows from {@code firstWindow} to {@code lastWindow} bytes. */
  SequentialReaders(long firstWindow, long lastWindow) {
    this.firstWindow = firstWindow;
    this.lastWindow = lastWindow;
    for (int i = 0; i < COUNT; i++) {
      streams[i] = new Stream();
      streams[i].next = Long.MIN_VALUE / 2; // near nothing
    }
  }

  /** Records a read. Returns the stream that it belongs to. */
  Stream record(long offset, long length) {
    Stream stream = nearest(offset, length * 8);
    if (stream == null) {
      stream = oldest();
      stream.next = offset + length;
      stream.score = 0;
      stream.window = firstWindow;
    } else {
      advance(stream, offset, length);
    }
    stream.lastUsed = ++clock;
    return stream;
  }

  private void advance(Stream stream, long offset, long length) {
    if (offset == stream.next) {
      stream.score = Math.min(stream.score + 2, 8);
    } else if (offset > stream.next) {
      stream.score = Math.min(stream.score + 1, 8);
    } else {
      stream.score = Math.max(stream.score - 1, 0);
    }
    stream.next = Math.max(stream.next, offset + length);
    if (stream.score >= 2) {
      stream.window = Math.min(stream.window * 2, lastWindow);
    } else {
      stream.window = firstWindow;
    }
  }

  private Stream nearest(long offset, long slack) {
    Stream best = null;
    long distance = slack;
    for (Stream stream : streams) {
      long away = Math.abs(stream.next - offset);
      if (away <= distance) {
        best = stream;
        distance = away;
      }
    }
    return best;
  }

  private Stream oldest() {
    Stream oldest = streams[0];
    for (Stream stream : streams) {
      if (stream.lastUsed < oldest.lastUsed) {
        oldest = stream;
      }
    }
    return oldest;
  }
}
