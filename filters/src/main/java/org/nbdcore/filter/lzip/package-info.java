/** The {@code lzip} filter: serve what an lzip file holds, unpacked member by member. */
package org.nbdcore.filter.lzip;
