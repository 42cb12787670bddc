/** The {@code gzip} filter: serves the decompressed contents of a gzip file. */
package org.nbdcore.filter.gzip;
