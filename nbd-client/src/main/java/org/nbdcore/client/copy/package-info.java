/**
 * Copies whole disks between NBD servers, files and pipes. {@link org.nbdcore.client.copy.Copy} is
 * the way in. Several workers each carry one request at a time from the source to the target, so
 * that memory is the number of workers times the size of a request.
 */
package org.nbdcore.client.copy;
