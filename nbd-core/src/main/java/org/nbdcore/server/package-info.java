/**
 * The server: listens, performs handshakes and moves requests between sockets and a chain.
 *
 * <p>Programs that embed the server start with {@link org.nbdcore.server.NbdServer}. Each
 * connection passes from a Listener to a Connection, whose Handshake opens an export. Its
 * Transmission then serves requests until the client leaves. docs/concurrency.md describes the
 * threads.
 */
@NullMarked
package org.nbdcore.server;

import org.jspecify.annotations.NullMarked;
