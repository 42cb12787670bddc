/** The {@code retry} filter: reopens the disk and repeats the request after a failure. */
package org.nbdcore.filter.retry;
