/** The {@code multi-conn} filter: offer, emulate or deny consistency over several connections. */
package org.nbdcore.filter.multiconn;
