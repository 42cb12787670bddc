/** The {@code qcow2dec} filter: serve the disk that a qcow2 file holds, read-only. */
package org.nbdcore.filter.qcow2dec;
