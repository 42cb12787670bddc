package org.nbdcore.cli;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.nbdcore.log.ExceptionText;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.system.ErrorText;
import org.nbdcore.system.UserCalls;

/**
 * The user and group of the server after it listens ({@code -u} and {@code -g}). Without {@code
 * -g}, the server has all groups of the user; with it, only that group.
 */
final class RunAsUser {

  /** Offsets of the user's name, id and group in {@code struct passwd} on 64-bit systems. */
  private static final int NAME = 0;

  private static final int PASSWD_UID = 16;
  private static final int PASSWD_GID = 20;
  private static final int GROUP_GID = 16;

  /** The largest id; the number above it means "no change" in system calls. */
  private static final long LAST_ID = 0xffff_fffeL;

  private static final long NO_CHANGE = -1;

  private final long uid; // or NO_CHANGE
  private final long gid; // or NO_CHANGE
  private final int[] groups; // the supplementary ones it will have

  private RunAsUser(long uid, long gid, int[] groups) {
    this.uid = uid;
    this.gid = gid;
    this.groups = groups;
  }

  /**
   * Looks up the user and the group.
   *
   * @return empty if neither is given
   * @throws ConfigException if there is no such user or group
   */
  static Optional<RunAsUser> of(Optional<String> user, Optional<String> group)
      throws ConfigException {
    if (user.isEmpty() && group.isEmpty()) {
      return Optional.empty();
    }
    try {
      long gid = group.isPresent() ? group(group.get()) : NO_CHANGE;
      int[] only = group.isPresent() ? new int[] {(int) gid} : new int[0];
      if (user.isEmpty()) {
        return Optional.of(new RunAsUser(NO_CHANGE, gid, only));
      }
      String text = user.get();
      boolean number = isNumber(text);
      long id = number ? Numbers.parse(CommandLineOption.USER, text, 0, LAST_ID) : NO_CHANGE;
      Pointer entry = number ? UserCalls.getpwuid((int) id) : UserCalls.getpwnam(text);
      if (entry == null) {
        if (!number) {
          throw new ConfigException("--user: there is no user '" + text + "'");
        }
        return Optional.of(new RunAsUser(id, gid, only));
      }
      long uid = Integer.toUnsignedLong(entry.getInt(PASSWD_UID));
      if (group.isPresent()) {
        return Optional.of(new RunAsUser(uid, gid, only));
      }
      int own = entry.getInt(PASSWD_GID);
      String name = entry.getPointer(NAME).getString(0);
      return Optional.of(
          new RunAsUser(uid, Integer.toUnsignedLong(own), UserCalls.groupsOf(name, own)));
    } catch (LinkageError e) {
      throw new ConfigException("--user and --group need JNA, which does not load here", e);
    }
  }

  private static long group(String text) throws ConfigException {
    if (isNumber(text)) {
      return Numbers.parse(CommandLineOption.GROUP, text, 0, LAST_ID);
    }
    Pointer entry = UserCalls.getgrnam(text);
    if (entry == null) {
      throw new ConfigException("--group: there is no group '" + text + "'");
    }
    return Integer.toUnsignedLong(entry.getInt(GROUP_GID));
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Changes the owner of a file that the server must remove at the end to the new user. */
  void own(Path file) throws IOException {
    try {
      if (uid != NO_CHANGE) {
        Files.setAttribute(file, "unix:uid", (int) uid, LinkOption.NOFOLLOW_LINKS);
      }
      if (gid != NO_CHANGE) {
        Files.setAttribute(file, "unix:gid", (int) gid, LinkOption.NOFOLLOW_LINKS);
      }
    } catch (IOException e) {
      throw new IOException("--user and --group: cannot give away " + ExceptionText.of(e), e);
    }
  }

  /**
   * Changes the user and groups of the whole process permanently, and verifies the result.
   *
   * @throws IOException if the system refuses, for example because root did not start the process,
   *     or if an id of the process is wrong afterwards
   */
  void become() throws IOException {
    if (UserCalls.setgroups(groups.length, groups) != 0) {
      throw refused(
          gid == NO_CHANGE ? CommandLineOption.USER : CommandLineOption.GROUP,
          "groups " + Identity.shown(groups));
    }
    if (gid != NO_CHANGE && UserCalls.setgid((int) gid) != 0) {
      throw refused(CommandLineOption.GROUP, "group " + gid);
    }
    if (uid != NO_CHANGE && UserCalls.setuid((int) uid) != 0) {
      throw refused(CommandLineOption.USER, "user " + uid);
    }
    check(Identity.current());
    if (uid > 0 && UserCalls.setuid(0) == 0) {
      throw new IOException("--user: the process could become root again");
    }
  }

  /** Verifies each id, because a call may report success without a change. */
  void check(Identity now) throws IOException {
    if (uid != NO_CHANGE && !now.isUser(uid)) {
      throw new IOException("--user: the process is " + now + " after the change to user " + uid);
    }
    if (gid != NO_CHANGE && !now.isGroup(gid)) {
      throw new IOException("--group: the process is " + now + " after the change to group " + gid);
    }
    if (!now.hasGroups(groups)) {
      throw new IOException(
          "--group: the process is "
              + now
              + " after the change to supplementary groups "
              + Identity.shown(groups));
    }
  }

  private static IOException refused(CommandLineOption option, String what) {
    return new IOException(
        option + ": cannot change to " + what + ": " + ErrorText.last() + "; only root can");
  }
}
