/** The {@code rotational} filter: sets or clears the flag "rotational". */
package org.nbdcore.filter.rotational;
