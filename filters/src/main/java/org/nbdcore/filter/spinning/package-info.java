/** The {@code spinning} filter: takes time to seek. */
package org.nbdcore.filter.spinning;
