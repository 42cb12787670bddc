/** The {@code nofilter} filter: does nothing. */
package org.nbdcore.filter.nofilter;
