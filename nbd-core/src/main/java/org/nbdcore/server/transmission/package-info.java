/**
 * The second phase of a connection: requests and replies.
 *
 * <p>Internal to the server, and may change in any release.
 */
package org.nbdcore.server.transmission;
