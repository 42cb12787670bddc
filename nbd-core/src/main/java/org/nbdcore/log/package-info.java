/**
 * Logging. Everything logs through {@link org.nbdcore.spi.Log}; Log4j is behind it, and is loaded
 * only when there is something to say.
 */
package org.nbdcore.log;
