/** The {@code nofilter} filter: pass everything on unchanged. */
package org.nbdcore.filter.nofilter;
