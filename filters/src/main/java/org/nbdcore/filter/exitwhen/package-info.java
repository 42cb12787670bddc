/** The {@code exitwhen} filter: stops the server after an external event. */
package org.nbdcore.filter.exitwhen;
