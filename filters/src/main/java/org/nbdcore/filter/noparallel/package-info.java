/** The {@code noparallel} filter: serves fewer requests in parallel. */
package org.nbdcore.filter.noparallel;
