package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/**
 * A buffer in the midst of guard bytes, to see that a device stays between position and limit. It
 * is direct or on the heap, and read-only for some writes, by chance.
 */
final class GuardedBuffer {

  private static final int MARGIN = 64;
  private static final byte GUARD = (byte) 0xa7;

  private final ByteBuffer whole;
  private final ByteBuffer buffer;
  private final int length;
  private final int end; // the limit that the device was given

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

  /** A buffer that holds {@code bytes} to be written. */
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

  /** After a read: it was filled to the limit, and nothing else was touched. */
  void checkFilled() {
    checkGuards();
    assertThat(buffer.limit())
        .as("the limit after a read; what lies behind it is not the device's to leave out")
        .isEqualTo(end);
    assertThat(buffer.remaining())
        .as("bytes between position and limit after a read; it must leave the position there")
        .isZero();
  }

  /** After a write: nothing was touched. The contents are scrambled, in case anybody kept them. */
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
