/**
 * A blocking NBD client for the JDK alone. {@link org.nbdcore.client.NbdClient} reads and writes an
 * export; {@link org.nbdcore.client.NbdHandshake} asks a server about its exports first. Requests
 * of several threads are in flight together on one connection.
 *
 * <p>Lengths and offsets are in bytes. Every failure is an {@link
 * org.nbdcore.client.NbdClientException}, which keeps the error value and the text of the server.
 * Nothing here trusts the server: each length it sends is held against what was asked for.
 */
@NullMarked
package org.nbdcore.client;

import org.jspecify.annotations.NullMarked;
