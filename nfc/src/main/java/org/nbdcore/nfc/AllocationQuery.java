package org.nbdcore.nfc;

import java.io.IOException;
import java.util.BitSet;

/** Queries the server which chunks of a disk are allocated. */
final class AllocationQuery {

  private static final int COUNT_AT = 32;

  private AllocationQuery() {}

  /** Bit i of the result is set if the chunk at offset + i * chunk is allocated. */
  static BitSet ask(NfcSession session, long offset, int chunk, int count) throws IOException {
    return answer(session.call(request(offset, chunk, count)), count);
  }

  static ControlOperation request(long offset, int chunk, int count) {
    int bitmap = (count + 31) / 32 * 4;
    return ControlOperation.onFile(
        AioType.QUERY_ALLOCATED_BLOCKS,
        new byte[0],
        reply -> {
          if (reply.getLong(COUNT_AT) != count) {
            throw new NfcProtocolException(
                "a map of "
                    + Long.toUnsignedString(reply.getLong(COUNT_AT))
                    + " chunks, expected "
                    + count);
          }
          return bitmap;
        },
        0,
        0,
        chunk,
        0,
        (int) offset,
        (int) (offset >>> 32),
        count);
  }

  static BitSet answer(ControlOperation reply, int count) {
    BitSet allocated = BitSet.valueOf(reply.data());
    // bits after the last chunk are undefined
    allocated.clear(count, Math.max(count, allocated.length()));
    return allocated;
  }
}
