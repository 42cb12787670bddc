/**
 * Code that several filters share, such as overlays, decompression and temporary files. Not for
 * third parties: it may change with any version. Authors of filters use {@code
 * org.nbdcore.spi.helpers}.
 */
package org.nbdcore.filter.common;
