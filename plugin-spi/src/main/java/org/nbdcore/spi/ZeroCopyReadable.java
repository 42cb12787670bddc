package org.nbdcore.spi;

import java.io.IOException;

/**
 * A device that can serve long reads without copying. It names the memory or the file that holds
 * the bytes, and the server sends them from there.
 *
 * <p>Optional. Implement it beside {@link BlockDevice} if the data is in direct memory or in the
 * page cache and a profile shows that copying it matters. Filters that extend {@link
 * PassThroughDevice} forward it, other filters hide it.
 */
@Experimental
public interface ZeroCopyReadable {

  /**
   * Adds references to the bytes of a range, instead of copying them.
   *
   * @param offset of the first byte on the disk, in bytes
   * @param length in bytes, more than 0
   * @param buffers receives exactly {@code length} bytes, in order
   * @return false if the device declines this request. Then nothing was added, and the caller uses
   *     {@link BlockDevice#read}
   */
  boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException;
}
