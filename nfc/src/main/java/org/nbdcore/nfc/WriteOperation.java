package org.nbdcore.nfc;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A write: one message for each part that fits the server's buffer, then one reply. */
final class WriteOperation extends NfcOperation {

  private static final int WRITE = 0;

  private final ByteBuffer src;
  private final long offset;
  private final int bufferSize;
  private final NfcCompletion completion;
  private int sent;

  WriteOperation(ByteBuffer src, long offset, int bufferSize, NfcCompletion completion) {
    super(AioType.IO);
    this.src = src.slice();
    this.offset = offset;
    this.bufferSize = bufferSize;
    this.completion = completion;
  }

  @Override
  int weight() {
    return src.capacity();
  }

  @Override
  ByteBuffer encode(ByteBuffer out, long handle) {
    int length = Math.min(bufferSize, src.capacity() - sent);
    header(out);
    out.putLong(handle).putInt(WRITE).putInt(NfcCompression.NONE.number()).putLong(offset);
    out.putInt(src.capacity()).putInt(sent).putInt(length).putInt(length).putInt(0);
    ByteBuffer data = src.slice(sent, length);
    sent += length;
    return data;
  }

  @Override
  boolean more() {
    return sent < src.capacity();
  }

  @Override
  ByteBuffer reply(ByteBuffer payload) throws IOException {
    if (payload.getInt(8) != WRITE
        || payload.getLong(16) != offset
        || payload.getInt(24) != src.capacity()) {
      throw new NfcProtocolException("a reply to another request than " + describe());
    }
    if (more()) {
      throw new NfcProtocolException("a reply before the end of " + describe());
    }
    return null;
  }

  @Override
  boolean replied(Decompressor decompressor) {
    return true;
  }

  @Override
  void end(IOException failure) {
    completion.completed(failure);
  }

  @Override
  String describe() {
    return "write of " + src.capacity() + " bytes at " + offset;
  }
}
