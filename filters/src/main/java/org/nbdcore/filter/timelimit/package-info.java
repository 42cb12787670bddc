/** The {@code time-limit} filter: limits how long a client is served. */
package org.nbdcore.filter.timelimit;
