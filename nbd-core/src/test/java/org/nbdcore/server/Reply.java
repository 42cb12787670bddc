package org.nbdcore.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.protocol.Limits;
import org.nbdcore.protocol.Magic;
import org.nbdcore.protocol.ReplyType;
import org.nbdcore.testkit.RawNbdClient;

/**
 * Any reply to any request, as a client with structured replies reads it.
 *
 * @param error 0 if the request succeeded
 * @param payload of a chunk; empty for a simple reply
 */
record Reply(long cookie, int error, byte[] payload) {

  static Reply read(RawNbdClient client) throws IOException {
    ByteBuffer start = client.receiveBuffer(Limits.SIMPLE_REPLY_HEADER);
    int magic = start.getInt();
    if (magic == Magic.SIMPLE_REPLY) {
      int error = start.getInt();
      return new Reply(start.getLong(), error, new byte[0]);
    }
    if (magic != Magic.STRUCTURED_REPLY) {
      throw new IOException("no reply begins with 0x" + Integer.toHexString(magic));
    }
    int flags = start.getShort();
    int type = start.getShort() & 0xffff;
    long cookie = start.getLong();
    byte[] payload = client.receive(client.receiveBuffer(4).getInt());
    if (flags != ReplyType.FLAG_DONE) {
      throw new IOException("a chunk has the flags " + flags);
    }
    int error = type >= 0x8000 ? ByteBuffer.wrap(payload).getInt() : 0;
    return new Reply(cookie, error, payload);
  }
}
