package org.nbdcore.filter.exitwhen;

import com.sun.jna.Native;

/** The system call that detects a closed pipe without reading from it. */
final class PollCall {

  /** Of struct pollfd: the descriptor, then the events that are asked for and found. */
  private static final int EVENTS = 1;

  private static final int FOUND_SHIFT =
      java.nio.ByteOrder.nativeOrder().equals(java.nio.ByteOrder.LITTLE_ENDIAN) ? Short.SIZE : 0;
  private static final int POLLERR = 8;
  private static final int POLLHUP = 16;
  private static final int POLLNVAL = 32;

  static {
    Native.register(PollCall.class, "c");
  }

  private PollCall() {}

  private static native int poll(int[] descriptors, long count, int timeoutMillis);

  /** Whether the pipe has no writer left. */
  static boolean hungUp(int descriptor) {
    return (found(descriptor) & (POLLHUP | POLLERR | POLLNVAL)) != 0;
  }

  /** Whether there is such a descriptor. */
  static boolean isOpen(int descriptor) {
    return (found(descriptor) & POLLNVAL) == 0;
  }

  private static int found(int descriptor) {
    int[] pollfd = {descriptor, 0};
    int count = poll(pollfd, 1, 0);
    return count <= 0 ? 0 : (pollfd[EVENTS] >>> FOUND_SHIFT) & 0xffff;
  }
}
