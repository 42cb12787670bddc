/**
 * The SPI for authors of nbd-core plugins and filters. It depends only on the JDK.
 *
 * <p>A plugin supplies disks: {@link org.nbdcore.spi.PluginProvider} (found by {@link
 * java.util.ServiceLoader}) makes one configured {@link org.nbdcore.spi.Plugin}, which opens a
 * {@link org.nbdcore.spi.BlockDevice} for each connection. A filter changes how a disk looks:
 * {@link org.nbdcore.spi.FilterProvider} makes a {@link org.nbdcore.spi.Filter}, which wraps the
 * device of the layer below, usually in a subclass of {@link org.nbdcore.spi.FilterBlockDevice}.
 *
 * <p>Unless a method says otherwise: offsets and lengths are bytes, no argument is null, and a
 * method may be called by any thread, at the same time as any other, as far as the chain's {@link
 * org.nbdcore.spi.ThreadModel} allows.
 */
package org.nbdcore.spi;
