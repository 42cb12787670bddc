/** The plugin {@code curl}: a disk image that a web server has. */
package org.nbdcore.plugin.curl;
