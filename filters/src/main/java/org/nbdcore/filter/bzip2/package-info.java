/** The {@code bzip2} filter: serves the decompressed contents of a bzip2 file. */
package org.nbdcore.filter.bzip2;
