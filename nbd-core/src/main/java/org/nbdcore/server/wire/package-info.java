/**
 * Bytes to and from a client, in clear or by TLS.
 *
 * <p>Internal to the server: for its other packages only, and without a promise to stay as it is.
 */
package org.nbdcore.server.wire;
