package org.nbdcore.nfc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * The connection after the handshake. Never blocks. One thread reads; writes come from any thread,
 * one at a time under the session's lock.
 */
interface DataWire {

  /**
   * Reads what there is into the targets in their order. The last one has room for at least {@link
   * #SPILL} bytes.
   *
   * @return the number of bytes, 0 if there are none now, -1 at the end
   */
  long read(ByteBuffer[] targets) throws IOException;

  /**
   * Takes bytes of the sources for sending.
   *
   * @return true if all have been taken and sent; after false the rest can be sent when the socket
   *     is writable
   */
  boolean write(ByteBuffer[] sources) throws IOException;

  /** The room that a read may need. */
  int SPILL = 1 << 15;

  /** Blocks in plain text. */
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
