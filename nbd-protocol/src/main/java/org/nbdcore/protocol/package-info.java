/**
 * The constants of the NBD protocol, and NBD URIs. The source of all numbers is the protocol
 * document (doc/proto.md of NetworkBlockDevice/nbd). Their names are those of the document without
 * the prefix of their group, such as {@code NBD_CMD_}. All numbers on the wire are big-endian. This
 * library does not depend on the SPI or the server.
 */
@NullMarked
package org.nbdcore.protocol;

import org.jspecify.annotations.NullMarked;
