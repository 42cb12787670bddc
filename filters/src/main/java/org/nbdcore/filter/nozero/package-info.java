/** The {@code nozero} filter: change how zeroes are written. */
package org.nbdcore.filter.nozero;
