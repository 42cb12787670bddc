/** The {@code swab} filter: swap the order of bytes. */
package org.nbdcore.filter.swab;
