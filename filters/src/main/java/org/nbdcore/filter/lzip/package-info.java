/** The {@code lzip} filter: serves the contents of an lzip file, decompressed member by member. */
package org.nbdcore.filter.lzip;
