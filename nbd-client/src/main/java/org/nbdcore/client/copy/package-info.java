/**
 * Copies whole disks between NBD servers, files and pipes. Start with {@link
 * org.nbdcore.client.copy.Copy}. Each worker copies one request at a time from the source to the
 * target. The copy therefore needs memory for the number of workers times the request size.
 *
 * <p>This package may change in any release.
 */
@Experimental
@NullMarked
package org.nbdcore.client.copy;

import org.jspecify.annotations.NullMarked;
import org.nbdcore.spi.Experimental;
