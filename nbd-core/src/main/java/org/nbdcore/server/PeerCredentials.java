package org.nbdcore.server;

/**
 * Credentials of a Unix socket's peer, as of the time of its connection.
 *
 * @param pid process id
 * @param uid effective user id
 * @param gid effective group id
 */
public record PeerCredentials(int pid, int uid, int gid) {}
