/** The {@code checkwrite} filter: compares instead of writing. */
package org.nbdcore.filter.checkwrite;
