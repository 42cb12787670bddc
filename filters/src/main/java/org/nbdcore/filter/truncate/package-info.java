/** The {@code truncate} filter: changes the size of the disk. */
package org.nbdcore.filter.truncate;
