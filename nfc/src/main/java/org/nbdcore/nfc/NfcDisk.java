package org.nbdcore.nfc;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Optional;

/**
 * An open disk on an ESXi host, with its own connection. Thread-safe. Offsets and lengths are in
 * bytes, and must be multiples of {@link #sectorSize()}.
 *
 * <p>Requests run in parallel up to the capacity of the server's buffers; the rest wait in order of
 * submission. If the connection fails, all requests fail with its error. Then open the disk again
 * with a new ticket.
 */
public final class NfcDisk implements Closeable {

  /** Larger requests can exhaust the host's memory. */
  private static final int LONGEST_REQUEST = 2 << 20;

  /** Maximum number of chunks in one call of {@link #allocated}. */
  public static final int MAX_CHUNKS = 1 << 19;

  private static final int SMALLEST_CHUNK = 1 << 16;

  private final NfcSession session;
  private final NfcOptions options;
  private final String path;
  private final boolean readOnly;
  private final RemoteFile file;
  private final int writeBuffer;

  /** Serializes closing and opening the file. */
  private final Object reopening = new Object();

  /**
   * True if a write has completed since the file was opened. Cleared only while no write is in
   * flight.
   */
  private volatile boolean written;

  private volatile boolean closed;

  NfcDisk(
      NfcSession session,
      NfcOptions options,
      int writeBuffer,
      String path,
      boolean readOnly,
      RemoteFile file) {
    this.session = session;
    this.options = options;
    this.writeBuffer = writeBuffer;
    this.path = path;
    this.readOnly = readOnly;
    this.file = file;
  }

  /**
   * Logs in and opens a disk.
   *
   * @param path in the form {@code [datastore] folder/name.vmdk}
   * @throws NfcLoginException if the host refuses the ticket
   * @throws NfcException if the host cannot open the disk; the message says what may help
   * @throws IOException if the host cannot be reached, presents another certificate or does not
   *     reply in time
   */
  public static NfcDisk open(NfcTicket ticket, NfcOptions options, String path, boolean readOnly)
      throws IOException {
    return DiskOpener.open(ticket, options, path, readOnly);
  }

  /** Size in bytes. */
  public long size() {
    return file.size;
  }

  /** Sector size in bytes, a power of two. */
  public int sectorSize() {
    return file.sectorSize;
  }

  /** The geometry that the host reports. */
  public NfcGeometry geometry() {
    return file.geometry;
  }

  /** Returns true if the disk was opened read-only. */
  public boolean readOnly() {
    return readOnly;
  }

  /**
   * Fills dst from its position to its limit, asynchronously.
   *
   * @param dst owned by the disk until it calls the completion; its position does not change
   */
  public void read(ByteBuffer dst, long offset, NfcCompletion completion) {
    check(dst, offset);
    RequestParts.split(
        dst,
        offset,
        LONGEST_REQUEST,
        completion,
        (piece, at, done) ->
            session.submit(new ReadOperation(piece, at, options.compression(), done)));
  }

  /** Fills dst from its position to its limit. */
  public void read(ByteBuffer dst, long offset) throws IOException {
    BlockingCompletion waiting = new BlockingCompletion();
    read(dst, offset, waiting);
    waiting.await();
    dst.position(dst.limit());
  }

  /**
   * Writes src from its position to its limit, asynchronously. The bytes are durable after {@link
   * #flush}.
   *
   * @param src owned by the disk until it calls the completion; its position does not change
   */
  public void write(ByteBuffer src, long offset, NfcCompletion completion) {
    check(src, offset);
    if (readOnly) {
      completion.completed(
          new NfcException(VixCode.FILE_READ_ONLY, "'" + path + "' is open for reading only"));
      return;
    }
    NfcCompletion noted =
        failure -> {
          if (failure == null || failure instanceof NfcException) {
            written = true; // the server may have executed a part of a request that it refused
          }
          completion.completed(failure);
        };
    RequestParts.split(
        src,
        offset,
        LONGEST_REQUEST,
        noted,
        (piece, at, done) -> session.submit(new WriteOperation(piece, at, writeBuffer, done)));
  }

  /** Writes src from its position to its limit. */
  public void write(ByteBuffer src, long offset) throws IOException {
    BlockingCompletion waiting = new BlockingCompletion();
    write(src, offset, waiting);
    waiting.await();
    src.position(src.limit());
  }

  /**
   * Makes all completed writes durable. The protocol has no flush, so this method closes the file
   * and opens it again. Requests wait until then.
   */
  public void flush() throws IOException {
    synchronized (reopening) {
      if (!written) {
        return;
      }
      try {
        session.hold();
        written = false;
        session.call(ControlOperation.onFile(AioType.CLOSE_FILE));
        RemoteFile again = RemoteFile.open(session, path, readOnly);
        if (again.size != file.size) {
          throw new IOException(
              "'" + path + "' was " + file.size + " bytes long, and is " + again.size + " now");
        }
      } catch (IOException | RuntimeException e) {
        session.stop(); // no request can succeed without a handle
        written = false; // the exception reports the possible loss
        throw e;
      } finally {
        session.release();
      }
    }
  }

  /**
   * Returns which chunks hold data. Bit i of the result is set if the chunk at offset + i * chunk
   * is allocated. Unallocated chunks read as zeroes. In a child disk opened without its parent,
   * they read as the parent's data.
   *
   * @param offset a multiple of chunk
   * @param chunk bytes, a power of two from 64 KiB
   * @param count 1 to {@link #MAX_CHUNKS}. All chunks must lie within the disk, so you cannot query
   *     a shorter chunk at its end
   */
  public BitSet allocated(long offset, int chunk, int count) throws IOException {
    if (chunk < SMALLEST_CHUNK || Integer.bitCount(chunk) != 1) {
      throw new IllegalArgumentException("chunk must be a power of two from 64K, not " + chunk);
    }
    if (count < 1 || count > MAX_CHUNKS) {
      throw new IllegalArgumentException(
          "count must be from 1 to " + MAX_CHUNKS + ", not " + count);
    }
    if (offset < 0 || offset % chunk != 0 || offset > file.size - (long) chunk * count) {
      throw new IllegalArgumentException(
          "offset must be a multiple of "
              + chunk
              + " with "
              + count
              + " chunks of a disk of "
              + file.size
              + " after it, not "
              + offset);
    }
    flush(); // the server's response may omit writes made since the file was opened
    synchronized (reopening) {
      return AllocationQuery.ask(session, offset, chunk, count);
    }
  }

  /**
   * Looks up a value of the disk's descriptor.
   *
   * @param key without {@code ddb.}, for example {@code adapterType}
   */
  public Optional<String> metadata(String key) throws IOException {
    synchronized (reopening) {
      return MetadataQuery.answer(session.call(MetadataQuery.request(key)));
    }
  }

  /**
   * Waits for the requests in flight, then closes the file and the connection. Closing again does
   * nothing.
   *
   * @throws IOException if there were writes and the server did not confirm that it closed the
   *     file; these writes may be lost
   */
  @Override
  public void close() throws IOException {
    synchronized (reopening) {
      if (closed) {
        return;
      }
      closed = true;
      try {
        session.hold();
        session.call(ControlOperation.onFile(AioType.CLOSE_FILE));
        written = false;
        session.call(ControlOperation.of(AioType.CLOSE_SESSION, new byte[0]));
        session.sendDisconnect();
      } catch (IOException e) {
        if (written) {
          throw e;
        }
        options.trace("nfc: not closed in order: " + e.getMessage());
      } finally {
        session.stop();
      }
    }
  }

  private void check(ByteBuffer buffer, long offset) {
    int sector = file.sectorSize;
    int length = buffer.remaining();
    if (length == 0
        || length % sector != 0
        || offset % sector != 0
        || offset < 0
        || offset > file.size - length) {
      throw new IllegalArgumentException(
          length
              + " bytes at "
              + offset
              + " are not whole sectors of "
              + sector
              + " within a disk of "
              + file.size);
    }
  }
}
