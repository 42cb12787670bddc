/** The {@code blocksize} filter: requests of any size and alignment over a disk with limits. */
package org.nbdcore.filter.blocksize;
