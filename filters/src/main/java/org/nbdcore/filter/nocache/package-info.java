/** The {@code nocache} filter: change what cache requests do. */
package org.nbdcore.filter.nocache;
