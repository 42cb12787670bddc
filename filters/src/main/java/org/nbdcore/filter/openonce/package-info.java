/** The {@code openonce} filter: opens the disk once for all clients. */
package org.nbdcore.filter.openonce;
