/**
 * The server: it listens, shakes hands and moves requests between sockets and a chain.
 *
 * <p>{@link org.nbdcore.server.NbdServer} is the door for programs that embed it. Each connection
 * passes from a Listener to a Connection, whose Handshake opens an export; its Transmission then
 * serves requests until the client leaves. docs/concurrency.md describes the threads.
 */
package org.nbdcore.server;
