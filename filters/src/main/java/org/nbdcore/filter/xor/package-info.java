/** The {@code xor} filter: combines the bytes of the disk with a key by XOR. */
package org.nbdcore.filter.xor;
