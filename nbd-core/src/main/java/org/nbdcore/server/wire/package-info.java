/**
 * The byte stream to and from a client, in plain text or with TLS.
 *
 * <p>Internal to the server, and may change in any release.
 */
package org.nbdcore.server.wire;
