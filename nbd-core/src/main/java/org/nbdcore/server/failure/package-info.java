/**
 * What can go wrong with a client, and how that is told.
 *
 * <p>Internal to the server: for its other packages only, and without a promise to stay as it is.
 */
package org.nbdcore.server.failure;
