/** The {@code swab} filter: swaps the byte order. */
package org.nbdcore.filter.swab;
