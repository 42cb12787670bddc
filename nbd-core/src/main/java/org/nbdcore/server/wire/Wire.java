package org.nbdcore.server.wire;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/**
 * The byte stream of a client's connection. One thread may read while another writes. Any thread
 * may call {@link #wake} and {@link #close}.
 */
public interface Wire extends Closeable {

  /** Minimum number of bytes of a payload that count as progress. */
  int PROGRESS = 1 << 16;

  /**
   * Reads the available bytes, without blocking.
   *
   * @return the number of bytes read, 0 if there are none yet, -1 at the end
   */
  int read(ByteBuffer dst) throws IOException;

  /**
   * Blocks until {@link #read} would not return 0, {@link #wake} is called or the time is over.
   *
   * @param nanos maximum time to wait; {@link Long#MAX_VALUE} for no limit
   */
  void awaitReadable(long nanos) throws IOException;

  /**
   * Writes all remaining bytes of {@code src}. Blocks while the client accepts no data, at most as
   * long as {@link #limitWrites} allows.
   */
  void write(ByteBuffer src) throws IOException;

  /** Writes all remaining bytes of the first {@code count} buffers, with gathering writes. */
  void write(ByteBuffer[] srcs, int count) throws IOException;

  /** True if {@link #transfer} is supported. */
  boolean transfers();

  /**
   * Sends {@code length} bytes of a file from {@code position} on, without copying them to this
   * process.
   *
   * @throws IOException if the client accepts no more data or the file cannot be read; then the
   *     connection is unusable
   */
  void transfer(FileChannel file, long position, long length) throws IOException;

  /**
   * Limits how long each later write may wait for the client before it fails.
   *
   * @param nanos the limit; {@link Long#MAX_VALUE}, the default, for no limit
   */
  void limitWrites(long nanos);

  /**
   * The time, as {@link System#nanoTime}, since which the current write has waited without
   * progress; 0 if no write waits.
   */
  long unwritableSince();

  /**
   * The time at which the waiting write first had to wait, independent of later progress; 0 if no
   * write waits.
   */
  long writingSince();

  /** Makes the current or next {@link #awaitReadable} return at once. */
  void wake();

  /** The client's address, if it is known. */
  Optional<SocketAddress> peer();

  /** True if the connection is encrypted. */
  boolean encrypted();

  /** Closes the connection. Reads and writes in progress fail. */
  @Override
  void close();
}
