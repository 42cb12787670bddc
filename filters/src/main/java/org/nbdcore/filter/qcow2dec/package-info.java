/** The {@code qcow2dec} filter: serves the disk in a qcow2 file, read-only. */
package org.nbdcore.filter.qcow2dec;
