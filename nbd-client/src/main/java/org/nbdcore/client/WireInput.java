package org.nbdcore.client;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * Reads numbers and payloads from a connection. A small window reads several short replies in one
 * system call. Data longer than the window goes directly from the socket into the caller's buffer.
 * Confined to one thread at a time.
 */
final class WireInput {

  private static final int WINDOW = 8192;

  /** For a heap buffer, the JDK allocates and keeps a direct buffer of the same size. */
  private static final int HEAP_SLICE = 1 << 17;

  private final ReadableByteChannel channel;
  private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW).limit(0);

  WireInput(ReadableByteChannel channel) {
    this.channel = channel;
  }

  short readShort() throws IOException {
    need(Short.BYTES);
    return window.getShort();
  }

  int readInt() throws IOException {
    need(Integer.BYTES);
    return window.getInt();
  }

  long readLong() throws IOException {
    need(Long.BYTES);
    return window.getLong();
  }

  /** Returns a block of a small length, which the caller has checked against its limit. */
  byte[] readBytes(int length) throws IOException {
    byte[] bytes = new byte[length];
    readFully(ByteBuffer.wrap(bytes));
    return bytes;
  }

  /** Fills {@code dst} to its limit. */
  void readFully(ByteBuffer dst) throws IOException {
    int limit = dst.limit();
    int buffered = Math.min(window.remaining(), dst.remaining());
    if (buffered > 0) {
      int windowLimit = window.limit();
      dst.put(window.limit(window.position() + buffered));
      window.limit(windowLimit);
    }
    while (dst.position() < limit) {
      if (limit - dst.position() < WINDOW / 2) {
        // For a short rest, the same read also gets the header of the next reply.
        need(limit - dst.position());
        int windowLimit = window.limit();
        dst.put(window.limit(window.position() + limit - dst.position()));
        window.limit(windowLimit);
        return;
      }
      if (!dst.isDirect()) {
        dst.limit(Math.min(limit, dst.position() + HEAP_SLICE));
      }
      try {
        fill(dst);
      } finally {
        dst.limit(limit);
      }
    }
  }

  /** Discards {@code count} bytes. */
  void skip(long count) throws IOException {
    long left = count;
    while (left > 0) {
      if (!window.hasRemaining()) {
        need(1);
      }
      int step = (int) Math.min(left, window.remaining());
      window.position(window.position() + step);
      left -= step;
    }
  }

  /** Whether unread bytes have arrived. */
  boolean hasBuffered() {
    return window.hasRemaining();
  }

  private void need(int count) throws IOException {
    if (window.remaining() >= count) {
      return;
    }
    window.compact();
    try {
      while (window.position() < count) {
        fill(window);
      }
    } finally {
      window.flip();
    }
  }

  private void fill(ByteBuffer dst) throws IOException {
    if (channel.read(dst) < 0) {
      throw new EOFException("the server closed the connection");
    }
  }
}
