/** The {@code retry} filter: reopens the disk and tries again when a request fails. */
package org.nbdcore.filter.retry;
