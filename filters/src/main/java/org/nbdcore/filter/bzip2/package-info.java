/** The {@code bzip2} filter: serve what a bzip2 file holds. */
package org.nbdcore.filter.bzip2;
