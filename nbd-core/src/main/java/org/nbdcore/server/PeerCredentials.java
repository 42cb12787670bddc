package org.nbdcore.server;

/**
 * Credentials of the peer of a Unix socket, from the time when it connected.
 *
 * @param pid process id
 * @param uid effective user id
 * @param gid effective group id
 */
public record PeerCredentials(int pid, int uid, int gid) {}
