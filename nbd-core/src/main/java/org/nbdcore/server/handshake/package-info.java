/**
 * The handshake phase of a connection: option negotiation, until the client has selected an export.
 *
 * <p>Internal to the server, and may change in any release.
 */
package org.nbdcore.server.handshake;
