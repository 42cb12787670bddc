/** The {@code noparallel} filter: let fewer requests run at the same time. */
package org.nbdcore.filter.noparallel;
