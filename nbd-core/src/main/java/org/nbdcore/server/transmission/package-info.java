/**
 * The second phase of a connection: requests and replies.
 *
 * <p>Internal to the server: for its other packages only, and without a promise to stay as it is.
 */
package org.nbdcore.server.transmission;
