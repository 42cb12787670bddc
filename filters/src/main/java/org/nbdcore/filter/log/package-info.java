/** The {@code log} filter: logs every request to a file or a script. */
package org.nbdcore.filter.log;
