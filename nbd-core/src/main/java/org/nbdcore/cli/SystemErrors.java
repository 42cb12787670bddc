package org.nbdcore.cli;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;

/** The system's own words for why a call failed. */
final class SystemErrors {

  private SystemErrors() {}

  /** Why the last call of this thread through JNA failed: {@code Permission denied}. */
  static String last() {
    String message = new LastErrorException(Native.getLastError()).getMessage();
    int end = message.indexOf(']'); // JNA puts the number before: [13] Permission denied
    return message.startsWith("[") && end > 0 ? message.substring(end + 1).strip() : message;
  }
}
