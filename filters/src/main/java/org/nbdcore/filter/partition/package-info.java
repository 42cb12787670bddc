/** The {@code partition} filter: serves one partition of the disk. */
package org.nbdcore.filter.partition;
