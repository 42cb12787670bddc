/** The {@code indexed-gzip} filter: random access to gzip files, by an index. */
package org.nbdcore.filter.indexedgzip;
