/**
 * Helpers for authors of filters: the parts of a filter that are easy to get wrong.
 *
 * <ul>
 *   <li>{@link org.nbdcore.spi.helpers.BlockDevices}: devices that check, observe or guard all
 *       requests of another device, on every path
 *   <li>{@link org.nbdcore.spi.helpers.UnalignedReader} and {@link
 *       org.nbdcore.spi.helpers.UnalignedAccess}: requests that are not aligned to blocks, with
 *       read-modify-write
 *   <li>{@link org.nbdcore.spi.helpers.SplitRequests}: requests longer than the layer below allows
 *   <li>{@link org.nbdcore.spi.helpers.AlignedExtents}: extents that end at block boundaries
 *   <li>{@link org.nbdcore.spi.helpers.RangeLocks} and {@link org.nbdcore.spi.helpers.BufferPool}:
 *       locks on byte ranges, and reusable direct buffers
 *   <li>{@link org.nbdcore.spi.helpers.ForwardingCompletionHandler}: acts when an asynchronous
 *       request is over
 *   <li>{@link org.nbdcore.spi.helpers.CompletionCombiner}: completes an asynchronous request when
 *       all its parts are complete
 *   <li>{@link org.nbdcore.spi.helpers.Uninterruptibles}: waits that an interrupt does not end
 *   <li>{@link org.nbdcore.spi.helpers.HexDump}: bytes and differences as text, for debugging
 *   <li>{@link org.nbdcore.spi.helpers.PerExport}: state that all connections of an export share
 * </ul>
 */
@Experimental
@NullMarked
package org.nbdcore.spi.helpers;

import org.jspecify.annotations.NullMarked;
import org.nbdcore.spi.Experimental;
