/**
 * The NBD wire format, once: the numbers of the protocol document (doc/proto.md of
 * NetworkBlockDevice/nbd) under their own names, without the {@code NBD_} prefix of their group.
 * All numbers on the wire are big-endian. This library knows nothing of plugins or servers.
 */
package org.nbdcore.protocol;
