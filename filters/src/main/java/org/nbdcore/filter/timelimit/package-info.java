/** The {@code time-limit} filter: disconnects a client after a time. */
package org.nbdcore.filter.timelimit;
