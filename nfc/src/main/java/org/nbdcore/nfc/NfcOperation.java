package org.nbdcore.nfc;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One request and its reply. The session calls {@link #encode} under its lock, and the other
 * methods on its own thread.
 */
abstract class NfcOperation {

  final AioType type;

  /** Set by the session before it first calls encode. */
  int id;

  NfcOperation(AioType type) {
    this.type = type;
  }

  /** Number of bytes that count against the session's window. */
  abstract int weight();

  /**
   * Writes the next message's header and payload.
   *
   * @param out little-endian, with room for everything except the data
   * @param handle the file's handle
   * @return the data to send after the message, or null
   */
  abstract ByteBuffer encode(ByteBuffer out, long handle);

  /** True if there is another message to encode. */
  boolean more() {
    return false;
  }

  /**
   * Processes the payload of a reply.
   *
   * @param payload little-endian, of the type's length
   * @return the buffer that receives the extra data, from position to limit; null if there is none
   */
  abstract ByteBuffer reply(ByteBuffer payload) throws IOException;

  /**
   * Called when a reply has arrived completely.
   *
   * @param decompressor of the thread that reads
   * @return true if it was the last reply
   */
  abstract boolean replied(Decompressor decompressor) throws IOException;

  /** Called once at the end, without a lock. */
  abstract void end(IOException failure);

  /** Returns the name of this request for messages. */
  abstract String describe();

  final void header(ByteBuffer out) {
    out.putInt(AioType.MAGIC).putInt(type.number).putInt(type.payload).putInt(id);
  }
}
