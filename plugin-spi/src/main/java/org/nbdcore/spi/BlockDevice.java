package org.nbdcore.spi;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * An open disk.
 *
 * <p>The server checks requests before they enter the chain: ranges lie within {@link #size}, are
 * not empty, obey the minimum block size of {@link Capabilities#blockSizes()}, and an operation is
 * called only where the capabilities of this device allow it. A filter must hold to the same
 * towards the layer below.
 *
 * <p>Data operations may be called by many threads at once where the chain's {@link ThreadModel} is
 * {@link ThreadModel#PARALLEL}. {@link #close} is called once, after every other call has returned
 * and everything that was begun has ended.
 *
 * <p>A data operation that fails throws; {@link NbdException} chooses the error that the client
 * sees, any other {@link IOException} is {@link NbdError#EIO} unless the system's error number is
 * known. The message reaches the client. No thread is ever interrupted; a device that waits uses
 * {@link Session#sleep}, which wakes when the client has gone.
 */
public interface BlockDevice extends Closeable {

  /** The size in bytes, from 0 to {@link Long#MAX_VALUE}; it does not change while open. */
  long size() throws IOException;

  /** What this device can do. The server asks once when it has opened the chain. */
  Capabilities capabilities() throws IOException;

  /** Human-readable text about this export, sent as {@code NBD_INFO_DESCRIPTION}. */
  default Optional<String> description() throws IOException {
    return Optional.empty();
  }

  /**
   * Reads, filling {@code dst} from its position to its limit, where it leaves the position.
   *
   * @param dst owned by the caller again when this returns; usually direct; its contents are
   *     undefined if this throws. Its position may then tell where: a client is told that the read
   *     failed behind the bytes that were passed
   * @param offset where on the disk to begin
   */
  void read(ByteBuffer dst, long offset) throws IOException;

  /**
   * Tells where the bytes of a range lie, instead of copying them: a quicker way to answer a long
   * read for a device that has them in memory. The server then sends them from there.
   *
   * <p>{@link FilterBlockDevice} does not pass this on, so that a filter that knows nothing of it
   * has its {@code read} used; a filter that leaves data alone may.
   *
   * @param loan receives exactly {@code length} bytes, in order
   * @return false if there is nothing to lend; then nothing was added and {@link #read} is used
   */
  default boolean lend(long offset, long length, Loan loan) throws IOException {
    return false;
  }

  /**
   * Writes what is between the position and the limit of {@code src}.
   *
   * @param src owned by the caller again when this returns; its contents are not changed, its
   *     position may be
   * @param flags {@link Flags#FUA} or 0
   */
  default void write(ByteBuffer src, long offset, int flags) throws IOException {
    throw new NbdException(NbdError.EPERM, "this disk is read-only");
  }

  /**
   * Whether reads and writes are better begun than waited for: for a device below which they go on
   * without a thread. Asked before each, so that the answer may change.
   *
   * <p>{@link FilterBlockDevice} does not pass this on; a filter that leaves data alone may, with
   * {@link #beginRead} and {@link #beginWrite}. The server asks only a chain that is {@link
   * ThreadModel#PARALLEL}.
   */
  default boolean asynchronous() {
    return false;
  }

  /**
   * Begins a read and returns without waiting for it, or for anything else that takes long.
   *
   * @param dst direct, and the device's until {@code completion} has been called; it is filled from
   *     its position to its limit
   * @return false if it has to be made by {@link #read}; then nothing was begun
   * @throws IOException if it failed at once; then {@code completion} is not called
   */
  default boolean beginRead(ByteBuffer dst, long offset, Completion completion) throws IOException {
    return false;
  }

  /**
   * The same for a write.
   *
   * @param src direct, and the device's until {@code completion} has been called
   * @param flags {@link Flags#FUA} or 0
   * @return false if it has to be made by {@link #write}; then nothing was begun
   */
  default boolean beginWrite(ByteBuffer src, long offset, int flags, Completion completion)
      throws IOException {
    return false;
  }

  /**
   * Makes every write that has returned durable.
   *
   * @throws LostWritesException if some of them are lost, which is told once
   */
  default void flush() throws IOException {
    throw new NbdException(NbdError.EINVAL, "this disk has no flush");
  }

  /**
   * Tells the device that the range is no longer needed; what it reads as afterwards is undefined.
   *
   * @param flags {@link Flags#FUA} or 0
   */
  default void trim(long offset, long length, int flags) throws IOException {
    throw new NbdException(NbdError.EINVAL, "this disk has no trim");
  }

  /**
   * Makes the range read as zeroes.
   *
   * @param flags any of {@link Flags#FUA}, {@link Flags#MAY_TRIM} and {@link Flags#FAST_ZERO}. With
   *     {@code FAST_ZERO}, a device that would not be faster than writing zeroes must throw {@link
   *     NbdError#ENOTSUP} without having changed anything
   */
  default void zero(long offset, long length, int flags) throws IOException {
    throw new NbdException(NbdError.ENOTSUP, "this disk has no zero operation of its own");
  }

  /**
   * Reports which parts of the range hold data.
   *
   * @param flags {@link Flags#REQ_ONE} if only the first run is wanted, or 0
   * @param sink receives ascending, contiguous runs that begin at or before {@code offset}; at
   *     least one run must be added, and the callee may stop early, or when the sink is full
   */
  default void extents(long offset, long length, int flags, ExtentSink sink) throws IOException {
    sink.add(offset, length, ExtentSink.DATA);
  }

  /** Asks that the range be fetched into a cache near the server. */
  default void cache(long offset, long length) throws IOException {
    throw new NbdException(NbdError.EINVAL, "this disk has no cache");
  }

  /**
   * Releases this handle. It is not a flush.
   *
   * @throws LostWritesException if writes are lost and no flush has told so; the handle is released
   */
  @Override
  void close() throws IOException;
}
