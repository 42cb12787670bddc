/**
 * The memory of requests and replies: a pool with a budget, which all connections share.
 *
 * <p>Internal to the server: for its other packages only, and without a promise to stay as it is.
 */
package org.nbdcore.server.memory;
