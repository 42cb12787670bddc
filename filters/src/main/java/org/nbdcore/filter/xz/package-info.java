/** The {@code xz} filter: serve what an xz file holds, unpacked block by block. */
package org.nbdcore.filter.xz;
