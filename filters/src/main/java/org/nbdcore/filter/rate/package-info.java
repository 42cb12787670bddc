/** The {@code rate} filter: limit the bandwidth of the server or of each connection. */
package org.nbdcore.filter.rate;
