package org.nbdcore.server;

import java.nio.ByteBuffer;

/**
 * A piece of direct memory from the {@link BufferPool}, with one owner at a time.
 *
 * <p>{@code bytes} is the server's and only ever used with absolute positions; {@code view} is the
 * same memory, lent to devices and channels with its position and limit set.
 */
final class Slab {

  final ByteBuffer bytes;
  final ByteBuffer view;

  Slab(int capacity) {
    bytes = ByteBuffer.allocateDirect(capacity);
    view = bytes.duplicate();
  }

  int capacity() {
    return bytes.capacity();
  }

  /** The view of {@code length} bytes from {@code at}. */
  ByteBuffer view(int at, int length) {
    return view.limit(at + length).position(at);
  }
}
