package org.nbdcore.vsphere;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;

/**
 * A password, kept outside the Java heap, so that a heap dump does not contain it. It is needed as
 * long as the client is open, because a session that the server has ended is renewed.
 */
final class Password {

  private final CharBuffer value;

  Password(char[] chars) {
    value = ByteBuffer.allocateDirect(chars.length * Character.BYTES).asCharBuffer();
    value.put(0, chars);
  }

  private Password(CharBuffer other) {
    value = ByteBuffer.allocateDirect(other.capacity() * Character.BYTES).asCharBuffer();
    value.put(0, other, 0, other.capacity());
  }

  /** A copy with memory of its own. */
  Password copy() {
    return new Password(value);
  }

  /** The characters, without a copy in the heap. */
  CharSequence chars() {
    return value.duplicate();
  }

  void wipe() {
    for (int i = 0; i < value.capacity(); i++) {
      value.put(i, '\0');
    }
  }
}
