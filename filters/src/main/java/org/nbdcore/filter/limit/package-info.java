/** The {@code limit} filter: limits the number of clients that are served at the same time. */
package org.nbdcore.filter.limit;
