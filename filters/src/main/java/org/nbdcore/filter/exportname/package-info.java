/** The {@code exportname} filter: changes which exports clients see and get. */
package org.nbdcore.filter.exportname;
