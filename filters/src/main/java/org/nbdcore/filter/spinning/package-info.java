/** The {@code spinning} filter: simulates seek times. */
package org.nbdcore.filter.spinning;
