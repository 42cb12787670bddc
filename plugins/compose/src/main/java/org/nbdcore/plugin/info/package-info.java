/** The plugin info: a disk with information about the client and the server. */
package org.nbdcore.plugin.info;
