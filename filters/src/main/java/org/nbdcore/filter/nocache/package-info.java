/** The {@code nocache} filter: disables cache requests. */
package org.nbdcore.filter.nocache;
