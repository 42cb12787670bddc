package org.nbdcore.nfc;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.UnaryOperator;
import java.util.zip.Deflater;

/**
 * A host in memory, without a connection. It answers what the client writes immediately. A mutator
 * may change each answer. Every byte of the disk is 0x55.
 */
final class MemoryHost implements BlockingWire, DataWire {

  static final int SIZE = 1 << 20;
  private static final byte FILLING = 0x55;
  private static final int SKIPZ_HEAD = 8;

  private final UnaryOperator<byte[]> mutator;
  private final int fragment;
  private final Deque<ByteBuffer> answers = new ArrayDeque<>();
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();

  /**
   * Creates one.
   *
   * @param fragment the bytes of a read in one message
   */
  MemoryHost(UnaryOperator<byte[]> mutator, int fragment) {
    this.mutator = mutator;
    this.fragment = fragment;
  }

  /** Puts an answer of the handshake before those to requests. */
  void announce(ByteBuffer frame) {
    send(frame);
  }

  @Override
  public void readFully(ByteBuffer dst) throws EOFException {
    while (dst.hasRemaining()) {
      if (read(new ByteBuffer[] {dst}) < 1) {
        throw new EOFException("the server closed the connection");
      }
    }
    dst.flip();
  }

  @Override
  public void write(ByteBuffer src) {
    src.position(src.limit()); // the handshake's answers are there already
  }

  @Override
  public long read(ByteBuffer[] targets) {
    long n = 0;
    for (ByteBuffer target : targets) {
      while (target.hasRemaining() && !answers.isEmpty()) {
        ByteBuffer first = answers.peek();
        int some = Math.min(first.remaining(), target.remaining());
        target.put(first.slice(first.position(), some));
        first.position(first.position() + some);
        n += some;
        if (!first.hasRemaining()) {
          answers.remove();
        }
      }
    }
    return n == 0 ? -1 : n;
  }

  @Override
  public boolean write(ByteBuffer[] sources) {
    for (ByteBuffer source : sources) {
      byte[] bytes = new byte[source.remaining()];
      source.get(bytes);
      received.writeBytes(bytes);
    }
    ByteBuffer all = ByteBuffer.wrap(received.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    received.reset();
    while (all.hasRemaining()) {
      answer(all);
    }
    return true;
  }

  /** Answers one request, and skips its data: the client sends a message with its data in one. */
  private void answer(ByteBuffer in) {
    int type = in.getInt(in.position() + 4);
    int size = in.getInt(in.position() + 8);
    int id = in.getInt(in.position() + 12);
    ByteBuffer payload = in.slice(in.position() + AioType.HEADER, size);
    payload.order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + AioType.HEADER + size);
    ByteBuffer reply = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    switch (type) {
      case 4 -> {
        in.position(in.position() + payload.getInt(0));
        reply.putLong(8, 0x1234).putInt(16, 2).putLong(28, SIZE).putInt(36, 512);
        send(type, id, reply, new byte[0]);
      }
      case 7 -> io(in, id, payload);
      case 11 -> {
        in.position(in.position() + payload.getInt(8));
        send(type, id, reply.putInt(12, 2), new byte[] {'o', 'k'});
      }
      case 13 ->
          send(type, id, reply.putLong(32, payload.getLong(32)), new byte[SIZE / (1 << 16) / 4]);
      default -> send(type, id, reply, new byte[0]);
    }
  }

  private void io(ByteBuffer in, int id, ByteBuffer payload) {
    long offset = payload.getLong(16);
    int total = payload.getInt(24);
    if (payload.getInt(8) != ReadOperation.READ) {
      in.position(in.position() + payload.getInt(36));
      if (payload.getInt(28) + payload.getInt(32) == total) {
        send(7, id, part(0, 0, offset, total, 0, total, total), new byte[0]);
      }
      return;
    }
    for (int start = 0; start < total; start += fragment) {
      int length = Math.min(fragment, total - start);
      int compression = payload.getInt(12);
      byte[] packed = pack(compression, length);
      send(7, id, part(1, compression, offset, total, start, length, packed.length), packed);
    }
  }

  private static ByteBuffer part(
      int operation, int compression, long offset, int total, int start, int length, int extra) {
    ByteBuffer part = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN);
    part.putInt(8, operation).putInt(12, compression).putLong(16, offset).putInt(24, total);
    return part.putInt(28, start).putInt(32, length).putInt(36, extra);
  }

  private static byte[] pack(int compression, int length) {
    byte[] raw = new byte[length];
    Arrays.fill(raw, FILLING);
    return switch (compression) {
      case 1 -> {
        Deflater deflater = new Deflater();
        deflater.setInput(raw);
        deflater.finish();
        byte[] packed = new byte[length];
        int n = deflater.deflate(packed);
        deflater.end();
        yield Arrays.copyOf(packed, n);
      }
      case 2 -> fastLz(length);
      case 3 -> {
        // data in the second half only, so that the result is shorter than the block
        int half = length / 2;
        ByteBuffer runs = ByteBuffer.allocate(2 * SKIPZ_HEAD + half).order(ByteOrder.LITTLE_ENDIAN);
        runs.putInt(length).putInt(0).putInt(length - half).putInt(half);
        runs.put(raw, 0, half);
        yield runs.array();
      }
      default -> raw;
    };
  }

  /** One literal, then matches of at most 264 bytes at the distance 1, of level 1. */
  private static byte[] fastLz(int length) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    packed.write(0);
    packed.write(FILLING);
    int left = length - 1;
    while (left >= 9) {
      int match = Math.min(left, 264);
      packed.write(0xe0);
      packed.write(match - 9);
      packed.write(0);
      left -= match;
    }
    for (; left > 0; left--) {
      packed.write(0);
      packed.write(FILLING);
    }
    return packed.toByteArray();
  }

  private void send(int type, int id, ByteBuffer payload, byte[] extra) {
    ByteBuffer message =
        ByteBuffer.allocate(AioType.HEADER + payload.capacity() + extra.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    message.putInt(AioType.MAGIC).putInt(type).putInt(payload.capacity()).putInt(id);
    message.put(payload.clear()).put(extra);
    send(message.clear());
  }

  private void send(ByteBuffer message) {
    byte[] bytes = new byte[message.remaining()];
    message.get(bytes);
    byte[] mutated = mutator.apply(bytes);
    if (mutated.length > 0) {
      answers.add(ByteBuffer.wrap(mutated));
    }
  }
}
