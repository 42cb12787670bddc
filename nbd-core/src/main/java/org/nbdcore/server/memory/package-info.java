/**
 * The memory of requests and replies: a pool with a budget, which all connections share.
 *
 * <p>Internal to the server, and may change in any release.
 */
package org.nbdcore.server.memory;
