/** The {@code delay} filter: makes a disk slow. */
package org.nbdcore.filter.delay;
