/**
 * A blocking NBD client for the JDK alone. {@link org.nbdcore.client.NbdClient} reads and writes an
 * export; {@link org.nbdcore.client.NbdHandshake} asks a server about its exports first. Requests
 * of several threads are in flight together on one connection.
 *
 * <p>Lengths and offsets are in bytes. Every failure is an {@link
 * org.nbdcore.client.NbdClientException}, which keeps the error value and the text of the server.
 * The client does not trust the server: it checks each length in a reply against the request.
 */
@NullMarked
package org.nbdcore.client;

import org.jspecify.annotations.NullMarked;
