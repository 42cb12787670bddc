/** The {@code protect} filter: protects parts of the disk from changes. */
package org.nbdcore.filter.protect;
