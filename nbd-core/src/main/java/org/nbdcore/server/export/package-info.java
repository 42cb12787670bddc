/**
 * The session, the open export, and the locks of the thread model.
 *
 * <p>Internal to the server, and may change in any release.
 */
package org.nbdcore.server.export;
