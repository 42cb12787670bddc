package org.nbdcore.nfc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A read: one request, answered by fragments in any order. Each fragment goes directly to its place
 * in the buffer.
 */
final class ReadOperation extends NfcOperation {

  static final int READ = 1;

  private final ByteBuffer dst;
  private final long offset;
  private final NfcCompression wanted;
  private final NfcCompletion completion;
  private final ReceivedFragments arrived;

  private NfcCompression compression;
  private ByteBuffer place;
  private ByteBuffer packed;

  ReadOperation(ByteBuffer dst, long offset, NfcCompression wanted, NfcCompletion completion) {
    super(AioType.IO);
    this.dst = dst.slice();
    this.offset = offset;
    this.wanted = wanted;
    this.completion = completion;
    this.arrived = new ReceivedFragments(dst.remaining());
  }

  @Override
  int weight() {
    return dst.capacity();
  }

  @Override
  ByteBuffer encode(ByteBuffer out, long handle) {
    int length = dst.capacity();
    header(out);
    out.putLong(handle).putInt(READ).putInt(wanted.number()).putLong(offset);
    out.putInt(length).putInt(0).putInt(length).putInt(length).putInt(0);
    return null;
  }

  @Override
  ByteBuffer reply(ByteBuffer payload) throws IOException {
    int operation = payload.getInt(8);
    compression = NfcCompression.of(payload.getInt(12));
    int start = payload.getInt(28);
    int length = payload.getInt(32);
    int sent = payload.getInt(36);
    if (operation != READ
        || payload.getLong(16) != offset
        || payload.getInt(24) != dst.capacity()) {
      throw new NfcProtocolException("a reply to another request than " + describe());
    }
    if (!arrived.add(start, length)) {
      throw new NfcProtocolException(
          "a fragment of "
              + Integer.toUnsignedString(length)
              + " bytes at "
              + Integer.toUnsignedString(start)
              + " overlaps another one or lies outside of "
              + describe());
    }
    place = dst.slice(start, length);
    if (compression == NfcCompression.NONE) {
      packed = null;
      return place;
    }
    if (wanted != compression) {
      throw new NfcProtocolException(
          "a fragment compressed with " + compression + ", asked for " + wanted);
    }
    // if compression would not make a fragment shorter, the server sends it uncompressed
    if (sent < 1 || sent > length) {
      throw new NfcProtocolException(
          "a compressed fragment of "
              + Integer.toUnsignedString(sent)
              + " bytes, expected 1 to "
              + length);
    }
    packed = ByteBuffer.allocate(sent).order(ByteOrder.LITTLE_ENDIAN);
    return packed;
  }

  @Override
  boolean replied(Decompressor decompressor) throws IOException {
    if (packed != null) {
      packed.flip();
      decompressor.decompress(compression, packed, place);
      packed = null;
    }
    place = null;
    return arrived.complete();
  }

  @Override
  void end(IOException failure) {
    completion.completed(failure);
  }

  @Override
  String describe() {
    return "read of " + dst.capacity() + " bytes at " + offset;
  }
}
