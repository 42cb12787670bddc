/** The {@code cacheextents} filter: remember the last answer about extents. */
package org.nbdcore.filter.cacheextents;
