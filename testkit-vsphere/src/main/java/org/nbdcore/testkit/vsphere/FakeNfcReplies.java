package org.nbdcore.testkit.vsphere;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.Deflater;

/** Builds the replies of a fake host, with the requested faults. */
final class FakeNfcReplies {

  private static final int MAGIC = 0xA100DA7A;
  private static final int IO = 7;

  /** The real number is not known; clients must refuse every message that they do not know. */
  private static final int SWITCH_HOST = 20;

  private final OutputStream out;
  private final NfcFaults faults;
  private long dataSent;

  FakeNfcReplies(OutputStream out, NfcFaults faults) {
    this.out = out;
    this.faults = faults;
  }

  synchronized void raw(ByteBuffer... parts) throws IOException {
    for (ByteBuffer part : parts) {
      int from = part.arrayOffset() + part.position();
      if (faults.mutator == null) {
        out.write(part.array(), from, part.remaining());
      } else {
        byte[] bytes = Arrays.copyOfRange(part.array(), from, from + part.remaining());
        byte[] mutated = faults.mutator.apply(bytes);
        out.write(mutated);
        if (mutated.length < bytes.length) {
          out.flush();
          throw new IOException("a message was cut off"); // better than a client that waits forever
        }
      }
    }
    out.flush();
  }

  void send(int type, int id, ByteBuffer payload, ByteBuffer extra) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(16 + payload.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    head.putInt(MAGIC).putInt(type).putInt(payload.remaining()).putInt(id).put(payload).flip();
    if (extra == null) {
      raw(head);
    } else {
      raw(head, extra);
    }
  }

  void error(int id, int code) throws IOException {
    send(1, id, FakeNfcSession.words(code, 0, 0), null);
  }

  void written(int id, long offset, int total) throws IOException {
    send(IO, id, payload(0, 0, offset, total, 0, total, total), null);
  }

  void read(int id, FakeDisk disk, int compression, long offset, int total, int buffer)
      throws IOException {
    int count = (total + buffer - 1) / buffer;
    for (int i = 0; i < count; i++) {
      int which = faults.shuffled ? count - 1 - i : i;
      int start = which * buffer;
      ByteBuffer data = ByteBuffer.allocate(Math.min(buffer, total - start));
      disk.read(data, offset + start);
      fragment(id, compression, offset, total, start, data);
    }
  }

  private void fragment(int id, int compression, long offset, int total, int start, ByteBuffer data)
      throws IOException {
    int length = data.remaining();
    ByteBuffer packed =
        compression == 1 ? deflate(data) : compression == 3 ? skipZeroes(data) : data;
    int used = packed.remaining() < length ? compression : 0;
    ByteBuffer extra = used == 0 ? data : packed;
    synchronized (this) {
      dataSent += extra.remaining();
      if (dataSent > faults.cutAfterBytes) {
        extra.limit(extra.limit() / 2);
        send(IO, id, payload(1, used, offset, total, start, length, length), extra);
        out.close();
        return;
      }
    }
    spoiled(id, used, offset, total, start, length, extra);
  }

  private void spoiled(
      int id, int used, long offset, int total, int start, int length, ByteBuffer extra)
      throws IOException {
    ByteBuffer good = payload(1, used, offset, total, start, length, extra.remaining());
    switch (faults.replyFault) {
      case NONE -> send(IO, id, good, extra);
      case WRONG_MAGIC -> raw(FakeNfcSession.words(0x12345678, IO, 44, id));
      case UNKNOWN_REQUEST -> send(IO, id + 77, good, extra);
      case OTHER_TYPE -> send(11, id, FakeNfcSession.words(0, 0, 0, 0), null);
      case TWICE -> {
        int half = length / 2;
        ByteBuffer first = extra.duplicate().limit(half);
        send(IO, id, payload(1, 0, offset, total, start, half, half), first);
        send(IO, id, payload(1, 0, offset, total, start, half, half), first.rewind());
      }
      case OUTSIDE -> send(IO, id, payload(1, 0, offset, total, total - 512, 1024, 1024), extra);
      case EMPTY_FRAGMENT -> send(IO, id, payload(1, 0, offset, total, start, 0, 0), null);
      case TOO_LONG_COMPRESSED ->
          send(IO, id, payload(1, 2, offset, total, start, length, Integer.MAX_VALUE), null);
      case COMPRESSED_RUBBISH ->
          send(
              IO,
              id,
              payload(1, 2, offset, total, start, length, 4),
              ByteBuffer.wrap(new byte[] {-1, 1, 2, 3}));
      case SWITCH_HOST -> raw(FakeNfcSession.words(MAGIC, SWITCH_HOST, 0, id + 1));
      case HUGE_PAYLOAD -> raw(FakeNfcSession.words(MAGIC, 1, 0x7fffffff, id));
    }
  }

  private static ByteBuffer payload(
      int operation, int compression, long offset, int total, int start, int length, int extra) {
    ByteBuffer payload = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN);
    payload.putInt(8, operation).putInt(12, compression).putLong(16, offset).putInt(24, total);
    return payload.putInt(28, start).putInt(32, length).putInt(36, extra);
  }

  private static ByteBuffer deflate(ByteBuffer data) {
    Deflater deflater = new Deflater(1);
    deflater.setInput(data.duplicate());
    deflater.finish();
    ByteBuffer packed = ByteBuffer.allocate(data.remaining() + 100);
    deflater.deflate(packed);
    deflater.end();
    return packed.flip();
  }

  /** Encodes the runs that are not zero, each with its position. */
  private static ByteBuffer skipZeroes(ByteBuffer data) {
    byte[] bytes = data.array();
    ByteBuffer packed = ByteBuffer.allocate(bytes.length * 9 + 8).order(ByteOrder.LITTLE_ENDIAN);
    packed.putInt(bytes.length).putInt(0);
    for (int i = 0; i < bytes.length; i++) {
      int start = i;
      while (i < bytes.length && bytes[i] != 0) {
        i++;
      }
      if (i > start) {
        packed.putInt(start).putInt(i - start).put(bytes, start, i - start);
      }
    }
    return packed.flip();
  }
}
