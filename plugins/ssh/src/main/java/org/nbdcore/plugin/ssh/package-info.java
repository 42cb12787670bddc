/** The plugin {@code ssh}: a file on another machine, by SFTP. */
package org.nbdcore.plugin.ssh;
