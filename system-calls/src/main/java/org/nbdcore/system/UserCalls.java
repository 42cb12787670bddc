package org.nbdcore.system;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.Arrays;

/**
 * System calls for users and groups. The C library's functions change all threads of the process.
 */
public final class UserCalls {

  static {
    Native.register(UserCalls.class, NativeLibrary.getProcess());
  }

  private UserCalls() {}

  /** A {@code struct passwd}, or null. */
  public static native Pointer getpwnam(String name);

  /** A {@code struct passwd}, or null. */
  public static native Pointer getpwuid(int user);

  /** A {@code struct group}, or null. */
  public static native Pointer getgrnam(String name);

  /**
   * Returns the group ids of a user.
   *
   * @param length in: capacity of {@code groups}; out: number of groups
   * @return less than 0 if {@code groups} is too short
   */
  private static native int getgrouplist(String name, int group, int[] groups, int[] length);

  /**
   * Sets the supplementary groups. The length is a {@code size_t}; lengths in use fit into 32 bits
   * too.
   */
  public static native int setgroups(long length, int[] groups);

  /** Changes the group. */
  public static native int setgid(int group);

  /** Changes the user. */
  public static native int setuid(int user);

  /** The real, effective and saved user. */
  public static native int getresuid(int[] real, int[] effective, int[] saved);

  /** The real, effective and saved group. */
  public static native int getresgid(int[] real, int[] effective, int[] saved);

  /** Returns the supplementary groups. With a length of 0, only counts them. */
  public static native int getgroups(int length, int[] groups);

  /** All groups of a user: {@code group}, and the groups that list the user. */
  public static int[] groupsOf(String name, int group) {
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
