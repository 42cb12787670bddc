package org.nbdcore.server.memory;

import java.nio.ByteBuffer;

/**
 * A piece of direct memory from the {@link SlabPool}, with one owner at a time.
 *
 * <p>The server uses {@code bytes} only with absolute positions. {@code view} is the same memory,
 * passed to devices and channels with position and limit set.
 */
public final class Slab {

  public final ByteBuffer bytes;
  public final ByteBuffer view;
  private final NativeMemory memory;

  /** True if this is the base memory of a connection. Used only by the pool. */
  boolean base;

  Slab(int capacity) {
    memory = NativeMemory.allocate(capacity);
    bytes = memory.bytes;
    view = bytes.duplicate();
  }

  public int capacity() {
    return bytes.capacity();
  }

  /** Returns {@code view}, set to {@code length} bytes from {@code at}. */
  public ByteBuffer view(int at, int length) {
    return view.limit(at + length).position(at);
  }

  /** Copies the first {@code length} bytes to the start of another slab. */
  public void copyTo(Slab other, int length) {
    other.bytes.put(0, bytes, 0, length);
  }

  /** Like {@link NativeMemory#free}. */
  boolean free() {
    return memory.free();
  }
}
