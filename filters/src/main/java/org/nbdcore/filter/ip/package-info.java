/** The {@code ip} filter: turns clients away by address, user, process or certificate. */
package org.nbdcore.filter.ip;
