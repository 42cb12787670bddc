/** The {@code readahead} filter: prefetches data for sequential readers. */
package org.nbdcore.filter.readahead;
