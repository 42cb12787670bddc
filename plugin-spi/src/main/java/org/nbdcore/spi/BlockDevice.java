package org.nbdcore.spi;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * An open disk.
 *
 * <p>Implement {@link #size}, {@link #capabilities}, {@link #read} and {@link #close}, and the
 * operations that your capabilities offer. The server calls no others.
 *
 * <p>The server checks each request before it enters the chain. The range lies within {@link
 * #size}, is not empty, and obeys the minimum block size of {@link Capabilities#blockSizes()}. A
 * filter must obey the same rules when it calls the layer below.
 *
 * <p>If the chain's {@link ThreadModel} is {@link ThreadModel#PARALLEL}, many threads may call the
 * data operations at the same time. {@link #close} is called once, after all other calls have
 * returned and all asynchronous requests are complete.
 *
 * <p>To fail, throw. {@link NbdException} chooses the error that the client sees; any other {@link
 * IOException} becomes {@link NbdError#EIO} unless the system's error number is known. The client
 * receives the message. The server never interrupts a thread. To wait, call {@link Session#sleep},
 * which returns early when the client disconnects.
 *
 * <p>Two further interfaces are optional: {@link ZeroCopyReadable} and {@link AsyncBlockDevice}.
 * Implement them only if a profile shows the need.
 */
public interface BlockDevice extends Closeable {

  /** The size in bytes, from 0 to {@link Long#MAX_VALUE}; it does not change while open. */
  long size() throws IOException;

  /** What this device can do. The server calls this once, after it has opened the chain. */
  Capabilities capabilities() throws IOException;

  /** Human-readable text about this export, sent as {@code NBD_INFO_DESCRIPTION}. */
  default Optional<String> description() throws IOException {
    return Optional.empty();
  }

  /**
   * Reads. Fills {@code dst} from its position to its limit and leaves the position at the limit.
   *
   * @param dst usually direct. Do not keep it: it belongs to the caller when this method returns.
   *     If the read fails, its content is undefined, and its position tells the client how many
   *     bytes were read before the failure
   * @param offset of the first byte on the disk, in bytes
   */
  void read(ByteBuffer dst, long offset) throws IOException;

  /**
   * Writes the bytes between the position and the limit of {@code src}.
   *
   * @param src do not change its content and do not keep it. You may change its position
   * @param flags {@link Flags#FUA} or {@link Flags#NONE}
   */
  default void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    throw new NbdException(NbdError.EPERM, "this disk is read-only");
  }

  /**
   * Makes every write that has returned durable.
   *
   * @throws LostWritesException if some writes are lost; report each loss once
   */
  default void flush() throws IOException {
    throw new NbdException(NbdError.EINVAL, "this disk has no flush");
  }

  /**
   * Discards a range. Its content is undefined afterwards.
   *
   * @param flags {@link Flags#FUA} or {@link Flags#NONE}
   */
  default void trim(long offset, long length, Flags flags) throws IOException {
    throw new NbdException(NbdError.EINVAL, "this disk has no trim");
  }

  /**
   * Makes the range read as zeroes.
   *
   * @param flags any of {@link Flags#FUA}, {@link Flags#MAY_TRIM} and {@link Flags#FAST_ZERO}. With
   *     {@code FAST_ZERO}, throw {@link NbdError#ENOTSUP} and change nothing if this would not be
   *     faster than writing zeroes
   */
  default void zero(long offset, long length, Flags flags) throws IOException {
    throw new NbdException(NbdError.ENOTSUP, "this disk has no zero operation of its own");
  }

  /**
   * Reports which parts of a range hold data.
   *
   * <p>The last extent may end after the range, if the device knows that without further I/O. It
   * must be true up to its end, because the server sends all of it to a client that did not set
   * {@link Flags#REQ_ONE}. Otherwise end the extent at the end of the range. The server cuts off
   * what lies beyond {@link #size}.
   *
   * @param flags {@link Flags#REQ_ONE} if only the first extent is wanted, or {@link Flags#NONE}
   * @param sink add ascending, contiguous extents that begin at or before {@code offset}. Add at
   *     least one. You may stop before the end of the range, and should stop when the sink is full
   */
  default void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    sink.add(offset, length, ExtentSink.DATA);
  }

  /** Prefetches a range into a cache near the server. */
  default void cache(long offset, long length) throws IOException {
    throw new NbdException(NbdError.EINVAL, "this disk has no cache");
  }

  /**
   * Closes this device. It does not flush.
   *
   * @throws LostWritesException if writes are lost and no flush has reported the loss; the device
   *     is closed nevertheless
   */
  @Override
  void close() throws IOException;
}
