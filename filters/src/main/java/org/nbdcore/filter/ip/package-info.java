/** The {@code ip} filter: accepts or refuses clients by address, user, process or certificate. */
package org.nbdcore.filter.ip;
