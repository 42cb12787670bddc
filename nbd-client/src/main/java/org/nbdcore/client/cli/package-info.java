/** The commands nbd-info, nbd-copy and nbd-vmdk. */
package org.nbdcore.client.cli;
