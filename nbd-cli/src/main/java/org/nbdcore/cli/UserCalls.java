package org.nbdcore.cli;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.Arrays;

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

  /**
   * The numbers of a user's groups.
   *
   * @param length at first what {@code groups} can take, then how many there are
   * @return less than 0 if {@code groups} is too short
   */
  private static native int getgrouplist(String name, int group, int[] groups, int[] length);

  /** The length is a size_t; what is passed here is short enough for either. */
  static native int setgroups(long length, int[] groups);

  static native int setgid(int group);

  static native int setuid(int user);

  static native int getresuid(int[] real, int[] effective, int[] saved);

  static native int getresgid(int[] real, int[] effective, int[] saved);

  /** With a length of 0 it only counts. */
  static native int getgroups(int length, int[] groups);

  /** All groups of a user: {@code group} and those that name the user. */
  static int[] groupsOf(String name, int group) {
    int[] length = {64};
    while (true) {
      int[] groups = new int[length[0]];
      if (getgrouplist(name, group, groups, length) >= 0) {
        return Arrays.copyOf(groups, length[0]);
      }
      length[0] = Math.max(length[0], 2 * groups.length);
    }
  }
}
