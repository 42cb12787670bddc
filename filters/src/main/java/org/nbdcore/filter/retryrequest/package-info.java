/** The {@code retry-request} filter: repeats failed requests on the same device. */
package org.nbdcore.filter.retryrequest;
