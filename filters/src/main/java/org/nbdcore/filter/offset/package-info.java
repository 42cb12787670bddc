/** The {@code offset} filter: serve a range of the disk. */
package org.nbdcore.filter.offset;
