package org.nbdcore.server.transmission;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.log.DebugOnce;
import org.nbdcore.log.ServerLog;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.CommandFlags;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.protocol.Limits;
import org.nbdcore.protocol.Magic;
import org.nbdcore.server.export.NegotiatedOptions;
import org.nbdcore.server.export.OpenExport;
import org.nbdcore.server.export.SelectedContexts;

/** Decodes requests with compact or extended headers, as negotiated. Immutable. */
final class RequestFormat {

  /** Bytes of a request before its payload. */
  final int header;

  private final boolean extended;
  private final SelectedContexts contexts;
  private final DebugOnce unflaggedWrites;

  RequestFormat(NegotiatedOptions negotiated, DebugOnce unflaggedWrites) {
    this.unflaggedWrites = unflaggedWrites;
    extended = negotiated.extended();
    contexts = negotiated.contexts();
    header = extended ? Limits.EXTENDED_REQUEST_HEADER : Limits.REQUEST_HEADER;
  }

  /**
   * Parses the complete header at {@code at}.
   *
   * @throws IOException if the bytes are not a request, or its payload length is impossible
   */
  void parse(Request request, ByteBuffer bytes, int at) throws IOException {
    int magic = bytes.getInt(at);
    if (magic != (extended ? Magic.EXTENDED_REQUEST : Magic.REQUEST)) {
      ServerLog.LOG.error(
          "the client broke the protocol: a request begins with 0x" + Integer.toHexString(magic));
      throw new IOException("invalid request magic");
    }
    request.parse(bytes, at, extended);
    if (extended && (request.payload < 0 || request.payload > OpenExport.MAX_PAYLOAD)) {
      throw new IOException(
          "the client announced a payload of "
              + Long.toUnsignedString(request.payload)
              + " bytes; at most "
              + OpenExport.MAX_PAYLOAD
              + " are taken");
    }
  }

  /**
   * Handles the payload flag of extended headers. A write has a payload with or without the flag.
   * This method receives the payload of any other request with the flag.
   */
  void handlePayloadFlag(Request request, ReceiveBuffer input) throws IOException {
    if (!extended) {
      return;
    }
    boolean flag = (request.flags & CommandFlags.PAYLOAD_LEN) != 0;
    request.flags &= ~CommandFlags.PAYLOAD_LEN;
    if (request.type == Command.WRITE) {
      if (!flag) {
        unflaggedWrites.log();
      }
    } else if (flag) {
      receive(request, input);
    }
  }

  private void receive(Request request, ReceiveBuffer input) throws IOException {
    boolean status = request.type == Command.BLOCK_STATUS && !contexts.isEmpty();
    int longest = statusPayload(contexts.size());
    if (!status
        || request.payload < statusPayload(1)
        || request.payload > longest
        || (request.payload - Long.BYTES) % Integer.BYTES != 0) {
      input.skip(request.payload);
      request.fail(
          ErrorValue.EINVAL,
          status
              ? "the payload of a block status request must be a length and the IDs of contexts, "
                  + statusPayload(1)
                  + " to "
                  + longest
                  + " bytes, not "
                  + request.payload
              : "request type " + request.type + " takes no payload");
      return;
    }
    int length = (int) request.payload;
    if (!input.need(length)) {
      throw new EOFException("the client disconnected in the middle of a request");
    }
    int at = input.take(length);
    request.length = input.bytes().getLong(at);
    request.contexts = 0;
    for (int i = Long.BYTES; i < length; i += Integer.BYTES) {
      select(request, input.bytes().getInt(at + i));
    }
  }

  private void select(Request request, int id) {
    int index = contexts.indexOf(id);
    if (index < 0) {
      request.fail(
          ErrorValue.EINVAL, "no meta context has the number " + Integer.toUnsignedString(id));
      return;
    }
    if ((request.contexts & 1 << index) != 0) {
      request.fail(ErrorValue.EINVAL, "meta context " + id + " is asked for twice");
    }
    request.contexts |= 1 << index;
  }

  /** Payload bytes of a block status request with this many contexts. */
  private static int statusPayload(int count) {
    return Long.BYTES + count * Integer.BYTES;
  }
}
