/** The {@code truncate} filter: change the size of the disk. */
package org.nbdcore.filter.truncate;
