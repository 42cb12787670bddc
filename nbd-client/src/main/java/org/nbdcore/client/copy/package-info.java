/**
 * Copies whole disks between NBD servers, files and pipes. {@link org.nbdcore.client.copy.Copy} is
 * the way in. Each worker copies one request at a time from the source to the target. The memory
 * needed is therefore the number of workers times the request size.
 */
@NullMarked
package org.nbdcore.client.copy;

import org.jspecify.annotations.NullMarked;
