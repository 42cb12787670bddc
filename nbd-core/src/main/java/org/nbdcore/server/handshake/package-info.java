/**
 * The first phase of a connection: the protocol's options, until an export is chosen.
 *
 * <p>Internal to the server: for its other packages only, and without a promise to stay as it is.
 */
package org.nbdcore.server.handshake;
