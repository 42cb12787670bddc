/**
 * An NBD client that needs no third-party library. {@link org.nbdcore.client.NbdClient} reads and
 * writes an export, blocking or asynchronously. {@link org.nbdcore.client.NbdHandshake} queries the
 * exports of a server first. Requests of several threads can be in flight together on one
 * connection.
 *
 * <p>Lengths and offsets are in bytes. Every failure is an {@link
 * org.nbdcore.client.NbdClientException}, which contains the error value and the message of the
 * server. The client does not trust the server: it checks each length in a reply against the
 * request.
 */
@NullMarked
package org.nbdcore.client;

import org.jspecify.annotations.NullMarked;
