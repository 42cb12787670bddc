/** The {@code readonly} filter: make the disk read-only, at once or while a file exists. */
package org.nbdcore.filter.readonly;
