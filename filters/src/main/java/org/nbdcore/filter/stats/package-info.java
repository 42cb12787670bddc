/** The {@code stats} filter: writes statistics about requests to a file. */
package org.nbdcore.filter.stats;
