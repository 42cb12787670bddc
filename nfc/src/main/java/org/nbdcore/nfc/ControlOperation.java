package org.nbdcore.nfc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A request other than a read or write. The caller waits for its reply. */
final class ControlOperation extends NfcOperation {

  /** Returns the length of the data after a reply. */
  interface ExtraLength {
    int of(ByteBuffer payload) throws IOException;
  }

  private static final ExtraLength NONE = payload -> 0;

  private final ByteBuffer request;
  private final ByteBuffer extra;
  private final int handleAt;
  private final ExtraLength extraLength;
  private final BlockingCompletion waiting = new BlockingCompletion();

  private ByteBuffer payload;
  private ByteBuffer data = ByteBuffer.allocate(0);

  private ControlOperation(
      AioType type, ByteBuffer request, byte[] extra, boolean withHandle, ExtraLength extraLength) {
    super(type);
    this.request = request;
    this.extra = extra.length == 0 ? null : ByteBuffer.wrap(extra);
    this.handleAt = withHandle ? 0 : -1;
    this.extraLength = extraLength;
  }

  /** Creates a request that does not refer to the file. */
  static ControlOperation of(AioType type, byte[] extra, int... words) {
    return new ControlOperation(type, payload(type, 0, words), extra, false, NONE);
  }

  /** Creates a request whose payload begins with the file's handle. */
  static ControlOperation onFile(
      AioType type, byte[] extra, ExtraLength extraLength, int... words) {
    return new ControlOperation(type, payload(type, Long.BYTES, words), extra, true, extraLength);
  }

  /** Creates a request on the file whose payload is only the handle. */
  static ControlOperation onFile(AioType type) {
    return onFile(type, new byte[0], NONE);
  }

  private static ByteBuffer payload(AioType type, int start, int[] words) {
    ByteBuffer payload = ByteBuffer.allocate(type.payload).order(ByteOrder.LITTLE_ENDIAN);
    payload.position(start);
    for (int word : words) {
      payload.putInt(word);
    }
    return payload.clear();
  }

  @Override
  int weight() {
    return 0;
  }

  @Override
  ByteBuffer encode(ByteBuffer out, long handle) {
    header(out);
    if (handleAt >= 0) {
      request.putLong(handleAt, handle);
    }
    out.put(request);
    return extra;
  }

  @Override
  ByteBuffer reply(ByteBuffer reply) throws IOException {
    payload = ByteBuffer.allocate(reply.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    payload.put(reply).flip();
    data = ByteBuffer.allocate(extraLength.of(payload)).order(ByteOrder.LITTLE_ENDIAN);
    return data.hasRemaining() ? data : null;
  }

  @Override
  boolean replied(Decompressor decompressor) {
    data.flip();
    return true;
  }

  @Override
  void end(IOException failure) {
    waiting.completed(failure);
  }

  /** Waits for the reply and returns its payload. */
  ByteBuffer await() throws IOException {
    waiting.await();
    return payload;
  }

  /** Returns the data that followed the reply. */
  ByteBuffer data() {
    return data;
  }

  @Override
  String describe() {
    return type.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }
}
