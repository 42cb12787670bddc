/** The {@code ddrescue} filter: fails reads of ranges that ddrescue could not rescue. */
package org.nbdcore.filter.ddrescue;
