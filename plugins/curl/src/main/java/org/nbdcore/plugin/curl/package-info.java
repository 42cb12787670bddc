/** The plugin {@code curl}: a disk image on a web server. */
package org.nbdcore.plugin.curl;
