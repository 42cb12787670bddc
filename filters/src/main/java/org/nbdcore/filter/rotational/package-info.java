/** The {@code rotational} filter: says whether seeking is slow. */
package org.nbdcore.filter.rotational;
