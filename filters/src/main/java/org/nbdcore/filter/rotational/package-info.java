/** The {@code rotational} filter: say whether the disk is a spinning one. */
package org.nbdcore.filter.rotational;
