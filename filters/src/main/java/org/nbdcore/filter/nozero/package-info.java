/** The {@code nozero} filter: turns efficient zeroing off. */
package org.nbdcore.filter.nozero;
