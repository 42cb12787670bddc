package org.nbdcore.cli;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.nbdcore.log.Reason;
import org.nbdcore.spi.ConfigException;

/**
 * Whom the server becomes once it listens ({@code -u} and {@code -g}). A user without {@code -g}
 * has its own groups; with it, that group only.
 */
final class Account {

  /** Where a {@code struct passwd} of 64-bit systems has the user's name, id and group. */
  private static final int NAME = 0;

  private static final int PASSWD_UID = 16;
  private static final int PASSWD_GID = 20;
  private static final int GROUP_GID = 16;

  private final Optional<String> user; // the name, where there is one
  private final int uid; // -1 to stay
  private final int gid; // -1 to stay
  private final boolean ownGroups;

  private Account(Optional<String> user, int uid, int gid, boolean ownGroups) {
    this.user = user;
    this.uid = uid;
    this.gid = gid;
    this.ownGroups = ownGroups;
  }

  /**
   * Looks both up.
   *
   * @return nothing if neither is given
   * @throws ConfigException if there is no such user or group
   */
  static Optional<Account> of(Optional<String> user, Optional<String> group)
      throws ConfigException {
    if (user.isEmpty() && group.isEmpty()) {
      return Optional.empty();
    }
    try {
      int gid = group.isPresent() ? group(group.get()) : -1;
      if (user.isEmpty()) {
        return Optional.of(new Account(user, -1, gid, false));
      }
      String text = user.get();
      boolean number = isNumber(text);
      Pointer entry =
          number
              ? UserCalls.getpwuid((int) Numbers.parse(Option.USER, text, 0, Integer.MAX_VALUE))
              : UserCalls.getpwnam(text);
      if (entry == null && !number) {
        throw new ConfigException("--user: there is no user '" + text + "'");
      }
      if (entry == null) {
        return Optional.of(new Account(Optional.empty(), Integer.parseInt(text), gid, false));
      }
      Optional<String> name = Optional.of(entry.getPointer(NAME).getString(0));
      boolean ownGroups = gid < 0;
      return Optional.of(
          new Account(
              name,
              entry.getInt(PASSWD_UID),
              ownGroups ? entry.getInt(PASSWD_GID) : gid,
              ownGroups));
    } catch (LinkageError e) {
      throw new ConfigException("--user and --group need JNA, which does not load here", e);
    }
  }

  private static int group(String text) throws ConfigException {
    if (isNumber(text)) {
      return (int) Numbers.parse(Option.GROUP, text, 0, Integer.MAX_VALUE);
    }
    Pointer entry = UserCalls.getgrnam(text);
    if (entry == null) {
      throw new ConfigException("--group: there is no group '" + text + "'");
    }
    return entry.getInt(GROUP_GID);
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Gives a file that the server is to remove in the end to whom it becomes. */
  void own(Path file) throws IOException {
    try {
      if (uid >= 0) {
        Files.setAttribute(file, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
      }
      if (gid >= 0) {
        Files.setAttribute(file, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
      }
    } catch (IOException e) {
      throw new IOException("--user and --group: cannot give away " + Reason.of(e), e);
    }
  }

  /**
   * Changes the whole process, for good.
   *
   * @throws IOException if the system refuses, as it does where it was not started by root
   */
  void become() throws IOException {
    if (gid >= 0) {
      boolean groups =
          ownGroups && user.isPresent()
              ? UserCalls.initgroups(user.get(), gid) == 0
              : UserCalls.setgroups(1, new int[] {gid}) == 0;
      if (!groups || UserCalls.setgid(gid) != 0) {
        throw refused(user.isPresent() && ownGroups ? Option.USER : Option.GROUP, gid, "group");
      }
    } else if (uid >= 0 && UserCalls.setgroups(0, new int[0]) != 0) {
      throw refused(Option.USER, uid, "user");
    }
    if (uid >= 0 && UserCalls.setuid(uid) != 0) {
      throw refused(Option.USER, uid, "user");
    }
    boolean done = (uid < 0 || UserCalls.getuid() == uid) && (gid < 0 || UserCalls.getgid() == gid);
    if (!done) {
      throw new IOException("--user and --group had no effect");
    }
  }

  private static IOException refused(Option option, int id, String what) {
    return new IOException(
        option
            + ": cannot change to "
            + what
            + " "
            + id
            + ": "
            + SystemErrors.last()
            + "; only root can");
  }
}
