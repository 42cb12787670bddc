/** The {@code nocache} filter: turns requests to cache off. */
package org.nbdcore.filter.nocache;
