/** The {@code log} filter: log every request to a file or a script. */
package org.nbdcore.filter.log;
