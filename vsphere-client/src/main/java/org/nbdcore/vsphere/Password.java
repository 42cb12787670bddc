package org.nbdcore.vsphere;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;

/**
 * A password, kept outside the Java heap, so that a heap dump does not contain it. It is kept while
 * the client is open, because the client logs in again if the server ends the session.
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

  /** Returns a copy with its own memory. */
  Password copy() {
    return new Password(value);
  }

  /** Returns the characters, without a copy in the heap. */
  CharSequence chars() {
    return value.duplicate();
  }

  void wipe() {
    for (int i = 0; i < value.capacity(); i++) {
      value.put(i, '\0');
    }
  }
}
