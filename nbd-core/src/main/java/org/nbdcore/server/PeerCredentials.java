package org.nbdcore.server;

/** Credentials of a Unix socket's peer, as of the time of its connection: one immutable value. */
public final class PeerCredentials {

  private final int pid;
  private final int uid;
  private final int gid;

  private PeerCredentials(int pid, int uid, int gid) {
    this.pid = pid;
    this.uid = uid;
    this.gid = gid;
  }

  /**
   * The credentials of a peer.
   *
   * @param pid process id
   * @param uid effective user id
   * @param gid effective group id
   */
  public static PeerCredentials of(int pid, int uid, int gid) {
    return new PeerCredentials(pid, uid, gid);
  }

  /** Process id. */
  public int pid() {
    return pid;
  }

  /** Effective user id. */
  public int uid() {
    return uid;
  }

  /** Effective group id. */
  public int gid() {
    return gid;
  }

  @Override
  public String toString() {
    return "PeerCredentials[pid=" + pid + ", uid=" + uid + ", gid=" + gid + "]";
  }
}
