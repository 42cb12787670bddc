/** The {@code readonly} filter: takes the right to write away. */
package org.nbdcore.filter.readonly;
