/**
 * Failures of clients, and how the server reports them.
 *
 * <p>Internal to the server: for its other packages only, and without a promise to stay as it is.
 */
package org.nbdcore.server.failure;
