package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/**
 * A buffer between guard bytes, to check that a device accesses only the bytes between position and
 * limit. At random, it is direct or on the heap, and for writes sometimes read-only.
 */
final class GuardedBuffer {

  private static final int MARGIN = 64;
  private static final byte GUARD = (byte) 0xa7;

  private final ByteBuffer whole;
  private final ByteBuffer buffer;
  private final int length;
  private final int end; // the limit before the call

  private GuardedBuffer(int length, Random random) {
    this.length = length;
    int capacity = length + 2 * MARGIN;
    whole =
        random.nextInt(4) > 0 ? ByteBuffer.allocateDirect(capacity) : ByteBuffer.allocate(capacity);
    byte[] guards = new byte[capacity];
    Arrays.fill(guards, GUARD);
    whole.put(guards).clear();
    if (random.nextBoolean()) {
      buffer = whole.duplicate();
      buffer.limit(MARGIN + length).position(MARGIN);
    } else {
      buffer = whole.slice(MARGIN, length + MARGIN);
      buffer.limit(length);
    }
    end = buffer.limit();
  }

  /** A buffer to read into. */
  static GuardedBuffer forReading(int length, Random random) {
    return new GuardedBuffer(length, random);
  }

  /** A buffer that contains {@code bytes} to write. */
  static GuardedBuffer forWriting(byte[] bytes, Random random) {
    GuardedBuffer guarded = new GuardedBuffer(bytes.length, random);
    guarded.whole.put(MARGIN, bytes);
    return guarded;
  }

  /** The buffer for the device. */
  ByteBuffer buffer() {
    return buffer;
  }

  /** The bytes between the guards. */
  byte[] bytes() {
    byte[] bytes = new byte[length];
    whole.get(MARGIN, bytes);
    return bytes;
  }

  /**
   * Call this after a read. Checks that the buffer was filled to its limit, and that nothing else
   * changed.
   */
  void checkFilled() {
    checkGuards();
    assertThat(buffer.limit())
        .as("the limit after a read; a device must not leave bytes out")
        .isEqualTo(end);
    assertThat(buffer.remaining())
        .as("bytes between position and limit after a read; it must leave the position there")
        .isZero();
  }

  /**
   * Call this after a write. Checks that nothing changed. Then overwrites the contents, to detect a
   * device that keeps the buffer.
   */
  void checkUnchangedAndScramble(byte[] expected) {
    checkGuards();
    ContentAssertions.assertSame(
        "the source of a write, which belongs to the caller", bytes(), expected, 0);
    byte[] garbage = new byte[length];
    Arrays.fill(garbage, (byte) 0xe1);
    whole.put(MARGIN, garbage);
  }

  private void checkGuards() {
    for (int i = 0; i < MARGIN; i++) {
      if (whole.get(i) != GUARD || whole.get(MARGIN + length + i) != GUARD) {
        throw new AssertionError("a byte before the position or after the limit was changed");
      }
    }
  }
}
