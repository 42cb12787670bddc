/** The {@code cow} filter: makes a disk writable without changing it (copy on write). */
package org.nbdcore.filter.cow;
