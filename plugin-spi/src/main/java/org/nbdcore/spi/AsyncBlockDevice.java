package org.nbdcore.spi;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A device that can complete reads and writes in the background, without a thread for each request.
 *
 * <p>Optional. Implement it for a library that is asynchronous itself; implement {@link
 * BlockDevice} for everything else. The server calls these methods only if the chain is {@link
 * ThreadModel#PARALLEL}. Filters that extend {@link PassThroughDevice} forward them, other filters
 * hide them.
 */
@Experimental
public interface AsyncBlockDevice extends BlockDevice {

  /**
   * True if asynchronous requests are currently faster than blocking ones. The server calls this
   * before each request, so the answer may change.
   */
  boolean prefersAsync();

  /**
   * Starts a read and returns without blocking.
   *
   * @param dst a direct buffer, to fill from its position to its limit. It belongs to the device
   *     until {@code handler} is called
   * @param offset of the first byte on the disk, in bytes
   * @return false if the device declines this request. Then nothing was started, {@code handler} is
   *     not called, and the caller uses {@link #read}
   * @throws IOException if the read failed at once; then {@code handler} is not called
   */
  boolean readAsync(ByteBuffer dst, long offset, CompletionHandler handler) throws IOException;

  /**
   * Starts a write and returns without blocking.
   *
   * @param src a direct buffer; write the bytes between its position and its limit. It belongs to
   *     the device until {@code handler} is called
   * @param offset of the first byte on the disk, in bytes
   * @param flags {@link Flags#FUA} or {@link Flags#NONE}
   * @return false if the device declines this request. Then nothing was started, {@code handler} is
   *     not called, and the caller uses {@link #write}
   * @throws IOException if the write failed at once; then {@code handler} is not called
   */
  boolean writeAsync(ByteBuffer src, long offset, Flags flags, CompletionHandler handler)
      throws IOException;
}
