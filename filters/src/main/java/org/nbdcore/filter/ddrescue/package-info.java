/** The {@code ddrescue} filter: fails reads of what ddrescue could not rescue. */
package org.nbdcore.filter.ddrescue;
