/** The {@code readonly} filter: makes the disk read-only. */
package org.nbdcore.filter.readonly;
