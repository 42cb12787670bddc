/**
 * Plugins that create filesystems, most of them with a command: {@code floppy}, {@code iso}, {@code
 * linuxdisk}, {@code ondemand} and {@code tmpdisk}.
 */
package org.nbdcore.plugin.mkfs;
