/** The {@code stats} filter: write statistics about requests to a file. */
package org.nbdcore.filter.stats;
