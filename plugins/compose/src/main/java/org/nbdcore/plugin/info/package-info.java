/** The plugin info: a disk with facts about the client and the server. */
package org.nbdcore.plugin.info;
