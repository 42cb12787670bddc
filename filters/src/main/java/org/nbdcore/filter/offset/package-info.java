/** The {@code offset} filter: serves a range of the disk. */
package org.nbdcore.filter.offset;
