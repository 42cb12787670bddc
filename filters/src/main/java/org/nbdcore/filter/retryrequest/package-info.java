/** The {@code retry-request} filter: tries single requests again on the same disk. */
package org.nbdcore.filter.retryrequest;
