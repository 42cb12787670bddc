/** Helpers for logging. All code logs through {@link org.nbdcore.spi.Log}. */
package org.nbdcore.log;
