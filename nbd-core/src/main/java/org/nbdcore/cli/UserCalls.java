package org.nbdcore.cli;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** The C library's calls about users. Its functions change all threads of the process at once. */
final class UserCalls {

  static {
    Native.register(UserCalls.class, "c");
  }

  private UserCalls() {}

  /** A {@code struct passwd}, or null. */
  static native Pointer getpwnam(String name);

  /** A {@code struct passwd}, or null. */
  static native Pointer getpwuid(int user);

  /** A {@code struct group}, or null. */
  static native Pointer getgrnam(String name);

  static native int initgroups(String name, int group);

  /** The length is a size_t; what is passed here is short enough for either. */
  static native int setgroups(long length, int[] groups);

  static native int setgid(int group);

  static native int setuid(int user);

  static native int getuid();

  static native int getgid();
}
