package org.nbdcore.system;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** The system's own words for its error numbers, by {@code strerror(3)}. */
public final class ErrorText {

  /** Apart, so that asking where there is no JNA does not need it. */
  private static final class Calls {
    static {
      Native.register(Calls.class, NativeLibrary.getProcess());
    }

    private Calls() {}

    static native String strerror(int number);
  }

  private ErrorText() {}

  /**
   * The text of an error number, in the language of the process: {@code Permission denied}.
   *
   * @return {@code error 13} where the system cannot be asked
   */
  public static String of(int number) {
    String text = known(number);
    return text == null ? "error " + number : text;
  }

  /** The same, but null where the system cannot be asked. */
  public static String known(int number) {
    if (!SystemCalls.expected()) {
      return null;
    }
    try {
      return Calls.strerror(number);
    } catch (LinkageError e) {
      return null;
    }
  }

  /** Why a system call failed that throws. */
  public static String of(LastErrorException failure) {
    return of(failure.getErrorCode());
  }

  /** Why the last system call of this thread failed, of those that return -1. */
  public static String last() {
    return of(Native.getLastError());
  }
}
