/** The {@code rate} filter: limits the bandwidth of the server or of each connection. */
package org.nbdcore.filter.rate;
