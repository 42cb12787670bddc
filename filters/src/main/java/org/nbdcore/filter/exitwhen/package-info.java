/** The {@code exitwhen} filter: stops the server when something outside it happens. */
package org.nbdcore.filter.exitwhen;
