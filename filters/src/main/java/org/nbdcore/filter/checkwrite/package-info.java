/** The {@code checkwrite} filter: compares data instead of writing it. */
package org.nbdcore.filter.checkwrite;
