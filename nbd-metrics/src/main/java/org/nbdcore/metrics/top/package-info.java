/** The command {@code nbd-core top}: the status page in a terminal. */
package org.nbdcore.metrics.top;
