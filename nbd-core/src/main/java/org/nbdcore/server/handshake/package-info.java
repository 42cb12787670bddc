/**
 * The handshake phase of a connection: option negotiation, until the client has selected an export.
 *
 * <p>Internal to the server: for its other packages only, and without a promise to stay as it is.
 */
package org.nbdcore.server.handshake;
