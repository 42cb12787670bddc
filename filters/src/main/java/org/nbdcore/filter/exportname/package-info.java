/** The {@code exportname} filter: changes the names and the list of exports. */
package org.nbdcore.filter.exportname;
