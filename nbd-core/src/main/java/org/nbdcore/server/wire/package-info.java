/**
 * The byte stream to and from a client, in plain text or with TLS.
 *
 * <p>Internal to the server: for its other packages only, and without a promise to stay as it is.
 */
package org.nbdcore.server.wire;
