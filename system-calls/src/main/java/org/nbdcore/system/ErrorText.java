package org.nbdcore.system;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** The system's texts for error numbers, from {@code strerror(3)}. */
public final class ErrorText {

  /** A separate class, so that this class works without JNA. */
  private static final class Calls {
    static {
      Native.register(Calls.class, NativeLibrary.getProcess());
    }

    private Calls() {}

    static native String strerror(int number);
  }

  private ErrorText() {}

  /**
   * Returns the text of an error number in the language of the process, such as {@code Permission
   * denied}.
   *
   * @return {@code error 13} if system calls do not work
   */
  public static String of(int number) {
    String text = known(number);
    return text == null ? "error " + number : text;
  }

  /** Like {@link #of}, but returns null if system calls do not work. */
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

  /** Returns the reason of a failed system call that throws. */
  public static String of(LastErrorException failure) {
    return of(failure.getErrorCode());
  }

  /**
   * Returns the reason why the last system call of this thread failed, for calls that return -1.
   */
  public static String last() {
    return of(Native.getLastError());
  }
}
