/**
 * The session, the open export, and the locks of the thread model.
 *
 * <p>Internal to the server: for its other packages only, and without a promise to stay as it is.
 */
package org.nbdcore.server.export;
