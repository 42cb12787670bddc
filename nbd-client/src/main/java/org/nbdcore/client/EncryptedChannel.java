package org.nbdcore.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.util.concurrent.locks.ReentrantLock;

/** TLS over a blocking socket. One thread may read while another writes. */
abstract class EncryptedChannel implements GatheringByteChannel, ReadableByteChannel {

  private final GatheringByteChannel to;

  /** Held during each {@link #send}. */
  private final ReentrantLock writing = new ReentrantLock();

  private final ByteBuffer[] single = new ByteBuffer[1]; // guarded by writing

  EncryptedChannel(GatheringByteChannel to) {
    this.to = to;
  }

  /**
   * Encrypts and writes all bytes of some of the buffers. Only one thread at a time makes this
   * call.
   *
   * @return the number of bytes, without those that TLS adds
   */
  abstract long send(ByteBuffer[] sources, int first, int count) throws IOException;

  /** Sends close_notify. No other thread may be writing. */
  abstract void sendCloseNotify() throws IOException;

  @Override
  public final int write(ByteBuffer src) throws IOException {
    writing.lock();
    try {
      single[0] = src;
      return (int) send(single, 0, 1);
    } finally {
      single[0] = null;
      writing.unlock();
    }
  }

  @Override
  public final long write(ByteBuffer[] sources) throws IOException {
    return write(sources, 0, sources.length);
  }

  /** Writes everything. */
  @Override
  public final long write(ByteBuffer[] sources, int first, int count) throws IOException {
    writing.lock();
    try {
      return send(sources, first, count);
    } finally {
      writing.unlock();
    }
  }

  @Override
  public final boolean isOpen() {
    return to.isOpen();
  }

  /** Sends close_notify if no other thread is writing, and closes the socket. */
  @Override
  public final void close() throws IOException {
    if (writing.tryLock()) {
      try {
        if (to.isOpen()) {
          sendCloseNotify();
        }
      } catch (IOException e) {
        // The server has closed the connection already.
      } finally {
        writing.unlock();
        to.close();
      }
    } else {
      to.close();
    }
  }
}
