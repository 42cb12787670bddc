/** The {@code xz} filter: serves the contents of an xz file, decompressed block by block. */
package org.nbdcore.filter.xz;
