/** The {@code noparallel} filter: serves fewer requests at once. */
package org.nbdcore.filter.noparallel;
