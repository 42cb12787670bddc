/** The {@code scan} filter: prefetches the whole disk ahead of the client. */
package org.nbdcore.filter.scan;
