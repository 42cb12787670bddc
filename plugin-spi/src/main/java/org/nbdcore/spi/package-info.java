/**
 * The SPI for authors of nbd-core plugins and filters. It depends only on the JDK.
 *
 * <p>A plugin supplies disks: {@link org.nbdcore.spi.PluginProvider} (found by {@link
 * java.util.ServiceLoader}) makes one configured {@link org.nbdcore.spi.Plugin}, which opens a
 * {@link org.nbdcore.spi.BlockDevice} for each connection. A filter changes how a disk looks:
 * {@link org.nbdcore.spi.FilterProvider} makes a {@link org.nbdcore.spi.Filter}, which wraps the
 * device of the layer below, usually in a subclass of {@link org.nbdcore.spi.FilterBlockDevice}.
 *
 * <p>The public types of this package are stable, except for those that are marked {@link
 * org.nbdcore.spi.Experimental}. {@link org.nbdcore.spi.SpiVersion#CURRENT} grows with every
 * incompatible change. The package {@code org.nbdcore.spi.helpers} has helpers for filters.
 *
 * <p>Unless a method says otherwise, offsets and lengths are bytes. Any thread may call a method,
 * in parallel with other calls, within the limits of the chain's {@link
 * org.nbdcore.spi.ThreadModel}.
 */
@NullMarked
package org.nbdcore.spi;

import org.jspecify.annotations.NullMarked;
