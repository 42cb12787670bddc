package org.nbdcore.nfc;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads replies from the connection. Used by the session's thread only. */
final class NfcReplyReader implements AutoCloseable {

  /** Finds the request of a reply, and is notified of its end. */
  interface Requests {
    /** Returns the request in flight with this number, or null. */
    NfcOperation find(int id);

    /**
     * Called after a request's last reply, or after an error reply.
     *
     * @throws NfcProtocolException if the request has not been sent completely
     */
    void ended(NfcOperation operation, IOException failure) throws NfcProtocolException;
  }

  private static final ByteBuffer NOWHERE = ByteBuffer.allocate(0);

  private final DataWire wire;
  private final Requests requests;
  private final NfcOptions options;

  /** Bytes that have been read but not parsed, from 0 to position. */
  private final ByteBuffer in =
      ByteBuffer.allocateDirect(2 * DataWire.SPILL).order(ByteOrder.LITTLE_ENDIAN);

  private final Decompressor decompressor = new Decompressor();
  private final ByteBuffer[] targets = {NOWHERE, in};

  /** The reply being read; null between two replies. */
  private NfcOperation current;

  private int type;
  private int payload;

  /** Destination of the current reply's data; null until its payload has arrived. */
  private ByteBuffer extra;

  NfcReplyReader(DataWire wire, Requests requests, NfcOptions options) {
    this.wire = wire;
    this.requests = requests;
    this.options = options;
  }

  /**
   * Reads and parses once.
   *
   * @return true if any bytes arrived
   */
  boolean read() throws IOException {
    targets[0] = extra == null ? NOWHERE : extra;
    long n = wire.read(targets);
    if (n < 0) {
      throw new EOFException("the server closed the connection");
    }
    if (n > 0) {
      in.flip();
      try {
        parse();
      } finally {
        in.compact();
      }
    }
    return n > 0;
  }

  private void parse() throws IOException {
    while (true) {
      if (current == null) {
        if (in.remaining() < AioType.HEADER) {
          return;
        }
        header();
      } else if (extra == null) {
        if (in.remaining() < payload) {
          return;
        }
        payload();
      } else {
        fill();
        if (extra.hasRemaining()) {
          return;
        }
        finish();
      }
    }
  }

  private void header() throws IOException {
    int magic = in.getInt();
    type = in.getInt();
    payload = in.getInt();
    int id = in.getInt();
    if (magic != AioType.MAGIC) {
      throw new NfcProtocolException(
          "the stream is out of step: magic " + Integer.toHexString(magic));
    }
    current = requests.find(id);
    if (current == null) {
      throw new NfcProtocolException(
          "message "
              + Integer.toUnsignedString(type)
              + " for request "
              + Integer.toUnsignedString(id)
              + ", which is not in flight");
    }
    int expected =
        type == AioType.ERROR ? Math.min(payload, AioType.LONGEST_ERROR) : current.type.payload;
    if (type != AioType.ERROR && type != current.type.number
        || payload != expected
        || payload < 0) {
      throw new NfcProtocolException(
          "message "
              + Integer.toUnsignedString(type)
              + " of "
              + Integer.toUnsignedString(payload)
              + " bytes in reply to "
              + current.describe());
    }
  }

  private void payload() throws IOException {
    ByteBuffer body = in.slice(in.position(), payload).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + payload);
    if (options.tracing()) {
      trace(body);
    }
    if (type == AioType.ERROR) {
      int code = payload >= Integer.BYTES ? body.getInt(0) : 1;
      end(NfcException.ofVixCode(code, current.describe()));
      return;
    }
    ByteBuffer place = current.reply(body);
    extra = place == null ? NOWHERE : place;
  }

  private void fill() {
    int n = Math.min(extra.remaining(), in.remaining());
    if (n > 0) {
      extra.put(extra.position(), in, in.position(), n);
      extra.position(extra.position() + n);
      in.position(in.position() + n);
    }
  }

  private void finish() throws IOException {
    if (current.replied(decompressor)) {
      end(null);
    } else {
      current = null;
      extra = null;
    }
  }

  private void end(IOException failure) throws NfcProtocolException {
    NfcOperation ended = current;
    current = null;
    extra = null;
    requests.ended(ended, failure);
  }

  @Override
  public void close() {
    decompressor.close();
  }

  private void trace(ByteBuffer body) {
    StringBuilder line = new StringBuilder("nfc < type ").append(Integer.toUnsignedString(type));
    line.append(" request ").append(Integer.toUnsignedString(current.id)).append(':');
    for (int i = 0; i + Integer.BYTES <= Math.min(body.limit(), 64); i += Integer.BYTES) {
      line.append(' ').append(Integer.toHexString(body.getInt(i)));
    }
    options.trace(line.toString());
  }
}
