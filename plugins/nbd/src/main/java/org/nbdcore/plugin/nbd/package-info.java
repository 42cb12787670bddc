/** The plugin {@code nbd}: serves what another NBD server serves. */
package org.nbdcore.plugin.nbd;
