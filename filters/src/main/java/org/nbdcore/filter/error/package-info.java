/** The {@code error} filter: injects errors. */
package org.nbdcore.filter.error;
