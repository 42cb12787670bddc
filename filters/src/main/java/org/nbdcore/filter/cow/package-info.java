/** The {@code cow} filter: a writable copy of a disk that is never changed. */
package org.nbdcore.filter.cow;
