/** The {@code ext2} filter: serves a file inside an ext2, ext3 or ext4 file system. */
package org.nbdcore.filter.ext2;
