/** The {@code nozero} filter: disables efficient zeroing. */
package org.nbdcore.filter.nozero;
