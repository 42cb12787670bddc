package org.nbdcore.server;

import java.nio.ByteBuffer;
import org.nbdcore.protocol.Limits;
import org.nbdcore.spi.Extents;

/**
 * A request, from its header to its outcome. One thread at a time has it; the fields are reused for
 * the next request.
 */
final class Request {

  /** Room for the header of any reply that has no message in it. */
  static final int REPLY_HEADER = Limits.CHUNK_HEADER + Long.BYTES;

  int flags;
  int type;
  long cookie;
  long offset;
  long length;

  /** What went wrong, as an error number of the protocol; 0 if nothing. */
  int error;

  /** A line about the error. */
  String message;

  /** The answer to a block status request. */
  Extents extents;

  /** Where the bytes of a long read are, if the device lends them; null in a queued request. */
  final PieceList loan;

  /** The payload of a queued write, or the data of its reply to a read; null if there is none. */
  Slab slab;

  /** Header of a queued request's reply; null for a request that is served on the spot. */
  final ByteBuffer header;

  /** What is written after {@link #header}; null if there is nothing. */
  ByteBuffer data;

  Request(boolean queued) {
    loan = queued ? null : new PieceList();
    header = queued ? ByteBuffer.allocateDirect(REPLY_HEADER) : null;
  }

  /** Reads the fields behind the magic number at {@code at}. */
  void parse(ByteBuffer bytes, int at) {
    flags = bytes.getShort(at + 4) & 0xffff;
    type = bytes.getShort(at + 6) & 0xffff;
    cookie = bytes.getLong(at + 8);
    offset = bytes.getLong(at + 16);
    length = bytes.getInt(at + 24) & 0xffff_ffffL;
    error = 0;
    message = null;
    extents = null;
    slab = null;
    data = null;
  }

  /** Becomes a copy of another request's header and check. */
  void copy(Request other) {
    flags = other.flags;
    type = other.type;
    cookie = other.cookie;
    offset = other.offset;
    length = other.length;
    error = other.error;
    message = other.message;
    extents = null;
    slab = null;
    data = null;
  }

  void fail(int newError, String newMessage) {
    error = newError;
    message = newMessage;
  }
}
