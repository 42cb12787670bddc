package org.nbdcore.cli;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.nbdcore.system.ErrorText;
import org.nbdcore.system.UserCalls;

/**
 * User and group ids of the process, as the kernel reports them. Each array of users and groups has
 * the real, the effective and the saved id; all ids are unsigned.
 *
 * @param users the user ids
 * @param groups the group ids
 * @param supplementary the supplementary groups, in any order
 */
record Identity(int[] users, int[] groups, int[] supplementary) {

  /** Queries the kernel. */
  static Identity current() throws IOException {
    int[][] user = new int[3][1];
    int[][] group = new int[3][1];
    int count = UserCalls.getgroups(0, new int[1]);
    int[] supplementary = new int[Math.max(count, 1)];
    if (count < 0
        || UserCalls.getresuid(user[0], user[1], user[2]) != 0
        || UserCalls.getresgid(group[0], group[1], group[2]) != 0
        || UserCalls.getgroups(count, supplementary) != count) {
      throw new IOException(
          "--user and --group: the process's ids cannot be read: " + ErrorText.last());
    }
    return new Identity(
        new int[] {user[0][0], user[1][0], user[2][0]},
        new int[] {group[0][0], group[1][0], group[2][0]},
        Arrays.copyOf(supplementary, count));
  }

  /** True if the real, effective and saved user ids are {@code uid}. */
  boolean isUser(long uid) {
    return all(users, uid);
  }

  /** True if the real, effective and saved group ids are {@code gid}. */
  boolean isGroup(long gid) {
    return all(groups, gid);
  }

  /** True if the supplementary groups are these, in any order. */
  boolean hasGroups(int[] wanted) {
    return Arrays.equals(
        Arrays.stream(supplementary).distinct().sorted().toArray(),
        Arrays.stream(wanted).distinct().sorted().toArray());
  }

  private static boolean all(int[] ids, long wanted) {
    return Arrays.stream(ids).allMatch(id -> Integer.toUnsignedLong(id) == wanted);
  }

  static String shown(int[] ids) {
    return Arrays.stream(ids)
        .mapToObj(Integer::toUnsignedString)
        .collect(Collectors.joining(",", "[", "]"));
  }

  @Override
  public String toString() {
    return "users " + shown(users) + " groups " + shown(groups) + "+" + shown(supplementary);
  }
}
