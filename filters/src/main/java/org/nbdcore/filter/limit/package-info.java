/** The {@code limit} filter: limits how many clients are served at once. */
package org.nbdcore.filter.limit;
