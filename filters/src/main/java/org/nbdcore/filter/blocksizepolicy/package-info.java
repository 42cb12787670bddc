/**
 * The {@code blocksize-policy} filter: advertise block sizes, and say what happens to who ignores
 * them.
 */
package org.nbdcore.filter.blocksizepolicy;
