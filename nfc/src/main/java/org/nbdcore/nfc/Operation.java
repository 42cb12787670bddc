package org.nbdcore.nfc;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One request and its reply. The session calls {@link #encode} under its lock, and the others on
 * its own thread.
 */
abstract class Operation {

  final AioType type;

  /** Set by the session before the first call of encode. */
  int id;

  Operation(AioType type) {
    this.type = type;
  }

  /** The bytes that count against the session's window. */
  abstract int weight();

  /**
   * Writes the next message's header and payload.
   *
   * @param out little-endian, with room for all but the data
   * @param handle the file's handle
   * @return the data to send behind it, or null
   */
  abstract ByteBuffer encode(ByteBuffer out, long handle);

  /** Whether there is another message to encode. */
  boolean more() {
    return false;
  }

  /**
   * Takes the payload of a reply.
   *
   * @param payload little-endian, of the type's length
   * @return where the extra data goes, from position to limit; null if there is none
   */
  abstract ByteBuffer reply(ByteBuffer payload) throws IOException;

  /**
   * Called when a reply has arrived whole.
   *
   * @param decompressor of the thread that reads
   * @return whether it was the last one
   */
  abstract boolean replied(Decompressor decompressor) throws IOException;

  /** Called once at the end, without a lock. */
  abstract void end(IOException failure);

  /** What to call this request in messages. */
  abstract String describe();

  final void header(ByteBuffer out) {
    out.putInt(AioType.MAGIC).putInt(type.number).putInt(type.payload).putInt(id);
  }
}
