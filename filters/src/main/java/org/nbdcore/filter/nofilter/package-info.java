/** The {@code nofilter} filter: nothing changes. */
package org.nbdcore.filter.nofilter;
