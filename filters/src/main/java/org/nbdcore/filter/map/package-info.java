/** The {@code map} filter: move ranges of the disk to other offsets. */
package org.nbdcore.filter.map;
