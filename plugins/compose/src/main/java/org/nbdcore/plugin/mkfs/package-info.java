/** Plugins that have disks made by a command: {@code tmpdisk} and {@code ondemand}. */
package org.nbdcore.plugin.mkfs;
