/**
 * Failures of clients, and how the server reports them.
 *
 * <p>Internal to the server, and may change in any release.
 */
package org.nbdcore.server.failure;
