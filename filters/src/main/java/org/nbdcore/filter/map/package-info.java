/** The {@code map} filter: moves ranges of the disk to other offsets. */
package org.nbdcore.filter.map;
