package org.nbdcore.server;

/**
 * Who was at the other end of a Unix socket when it was connected.
 *
 * @param pid its process
 * @param uid its effective user
 * @param gid its effective group
 */
public record PeerCredentials(int pid, int uid, int gid) {}
