/** The {@code cacheextents} filter: caches the last reply about extents. */
package org.nbdcore.filter.cacheextents;
