package org.nbdcore.server;

/**
 * Credentials of the peer of a Unix socket at the time of its connection.
 *
 * @param pid its process
 * @param uid its effective user
 * @param gid its effective group
 */
public record PeerCredentials(int pid, int uid, int gid) {}
