package org.nbdcore.server.wire;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/**
 * A client's byte stream. One thread at a time reads and one at a time writes; the two may be at
 * work together. Any thread may wake, or close.
 */
public interface Wire extends Closeable {

  /** Fewer bytes of a payload do not count as progress. */
  int PROGRESS = 1 << 16;

  /**
   * Reads what is there.
   *
   * @return how many bytes were put into {@code dst}, 0 if there are none yet, -1 at the end
   */
  int read(ByteBuffer dst) throws IOException;

  /**
   * Waits until {@link #read} has something to say, {@link #wake} is called or the time is over.
   *
   * @param nanos at most this long; {@link Long#MAX_VALUE} for ever
   */
  void awaitReadable(long nanos) throws IOException;

  /**
   * Writes all that remains in {@code src}, waiting for the client as {@link #limitWrites} says.
   */
  void write(ByteBuffer src) throws IOException;

  /** Writes all that remains in the first {@code count} buffers, gathering them. */
  void write(ByteBuffer[] srcs, int count) throws IOException;

  /** Whether {@link #transfer} can be used. */
  boolean transfers();

  /**
   * Writes {@code length} bytes of a file from {@code position} on, without their passing through
   * this process.
   *
   * @throws IOException if the client takes no more or the file cannot be read; the connection can
   *     then not be used any more
   */
  void transfer(FileChannel file, long position, long length) throws IOException;

  /**
   * Limits how long each later write may wait for the client before it fails.
   *
   * @param nanos {@link Long#MAX_VALUE} for ever, as at first
   */
  void limitWrites(long nanos);

  /**
   * Since when, on the clock of {@link System#nanoTime}, a write has been waiting for the client to
   * take more; 0 if none is.
   */
  long unwritableSince();

  /** Since when the write that waits for the client does so, whatever it took; 0 if none does. */
  long writingSince();

  /** Makes the current or next {@link #awaitReadable} return at once. */
  void wake();

  /** The client's address, if it can be known. */
  Optional<SocketAddress> peer();

  /** Whether what passes is encrypted. */
  boolean encrypted();

  /** Drops the connection; reads and writes in progress fail. */
  @Override
  void close();
}
