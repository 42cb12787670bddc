package org.nbdcore.system;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** Finds out with {@code poll(2)} whether a pipe was closed, without reading from it. */
public final class PollCall {

  /** Index in {@code struct pollfd}: the descriptor, then the requested and the returned events. */
  private static final int EVENTS = 1;

  private static final int FOUND_SHIFT =
      java.nio.ByteOrder.nativeOrder().equals(java.nio.ByteOrder.LITTLE_ENDIAN) ? Short.SIZE : 0;
  private static final int POLLERR = 8;
  private static final int POLLHUP = 16;
  private static final int POLLNVAL = 32;

  static {
    Native.register(PollCall.class, NativeLibrary.getProcess());
  }

  private PollCall() {}

  private static native int poll(int[] descriptors, long count, int timeoutMillis);

  /** True if no process has the pipe open for writing any more. */
  public static boolean hungUp(int descriptor) {
    return (found(descriptor) & (POLLHUP | POLLERR | POLLNVAL)) != 0;
  }

  /** True if the descriptor is open. */
  public static boolean isOpen(int descriptor) {
    return (found(descriptor) & POLLNVAL) == 0;
  }

  private static int found(int descriptor) {
    int[] pollfd = {descriptor, 0};
    int count = poll(pollfd, 1, 0);
    return count <= 0 ? 0 : (pollfd[EVENTS] >>> FOUND_SHIFT) & 0xffff;
  }
}
