/** The {@code xor} filter: combine the bytes of the disk with a key by exclusive or. */
package org.nbdcore.filter.xor;
