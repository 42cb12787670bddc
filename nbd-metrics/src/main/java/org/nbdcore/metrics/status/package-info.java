/** The JSON document behind the status page and {@code nbd-core top}. Internal. */
package org.nbdcore.metrics.status;
