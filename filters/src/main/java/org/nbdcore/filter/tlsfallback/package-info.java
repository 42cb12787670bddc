/** The {@code tls-fallback} filter: shows clients without TLS a message instead of the disk. */
package org.nbdcore.filter.tlsfallback;
