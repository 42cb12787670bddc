/** The plugin {@code nbd}: forwards to another NBD server. */
package org.nbdcore.plugin.nbd;
