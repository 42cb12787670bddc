package org.nbdcore.nfc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * The connection after the handshake. No method blocks. One thread reads; any thread may write, one
 * at a time under the session's lock.
 */
interface DataWire {

  /**
   * Reads the available bytes into the targets, in order. The last target must have room for at
   * least {@link #SPILL} bytes.
   *
   * @return the number of bytes, 0 if none are available, -1 at the end
   */
  long read(ByteBuffer[] targets) throws IOException;

  /**
   * Takes bytes from the sources and sends them.
   *
   * @return true if all bytes have been taken and sent; if false, send the rest when the socket is
   *     writable
   */
  boolean write(ByteBuffer[] sources) throws IOException;

  /** Minimum room that a read needs in its last target. */
  int SPILL = 1 << 15;

  /** Transfers blocks in plain text. */
  static DataWire plain(SocketChannel channel) {
    return new DataWire() {
      @Override
      public long read(ByteBuffer[] targets) throws IOException {
        return channel.read(targets);
      }

      @Override
      public boolean write(ByteBuffer[] sources) throws IOException {
        channel.write(sources);
        for (ByteBuffer source : sources) {
          if (source.hasRemaining()) {
            return false;
          }
        }
        return true;
      }
    };
  }
}
