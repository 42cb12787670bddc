/** The {@code gzip} filter: serve what a gzip file holds. */
package org.nbdcore.filter.gzip;
