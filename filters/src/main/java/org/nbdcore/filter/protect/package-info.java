/** The {@code protect} filter: protect ranges of the disk from changes. */
package org.nbdcore.filter.protect;
