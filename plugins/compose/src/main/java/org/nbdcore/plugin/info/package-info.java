/** The plugin {@code info}: tells a client about itself and the server. */
package org.nbdcore.plugin.info;
