package org.nbdcore.server.handshake;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.nbdcore.protocol.Magic;
import org.nbdcore.server.failure.ClientDisconnectedException;
import org.nbdcore.server.failure.ClientRejectedException;
import org.nbdcore.server.failure.Failures;
import org.nbdcore.server.memory.Slab;
import org.nbdcore.server.tls.TlsCodec;
import org.nbdcore.server.wire.PlainWire;
import org.nbdcore.server.wire.TlsWire;
import org.nbdcore.server.wire.Wire;

/**
 * Reads and writes numbers and strings on a wire, with a time limit. Used by the one thread that
 * shakes hands. Output is buffered until {@link #flush}.
 */
public final class HandshakeWire {

  /** Bytes of memory for each direction: small, as many clients may be waiting here. */
  public static final int SLAB = 1 << 12;

  private static final int STEP = 1 << 10;

  private final PlainWire socket;
  private Wire wire;
  private final long deadline;
  private final HandshakeLimit silent;
  private final Runnable drop;
  private final Slab input;
  private final Slab output;
  private int from;
  private int to;
  private int length;

  /**
   * Begins with nothing read.
   *
   * @param deadline on the clock of {@link System#nanoTime}
   * @param silent limits the clients in the handshake
   * @param drop sends this one away
   * @param input a slab of {@link #SLAB} bytes
   * @param output another one
   */
  public HandshakeWire(
      PlainWire socket,
      long deadline,
      HandshakeLimit silent,
      Runnable drop,
      Slab input,
      Slab output) {
    this.silent = silent;
    this.drop = drop;
    this.socket = socket;
    wire = socket;
    this.deadline = deadline;
    this.input = input;
    this.output = output;
  }

  int getInt() throws IOException {
    return input.bytes.getInt(take(Integer.BYTES));
  }

  long getLong() throws IOException {
    return input.bytes.getLong(take(Long.BYTES));
  }

  /** Reads {@code size} bytes, at most {@link OptionPayload#MAX}. */
  byte[] getBytes(int size) throws IOException {
    byte[] bytes = new byte[size];
    for (int done = 0; done < size; ) {
      int now = Math.min(size - done, STEP);
      input.bytes.get(take(now), bytes, done, now);
      done += now;
    }
    return bytes;
  }

  /** Reads and discards. */
  void skip(long size) throws IOException {
    for (long left = size; left > 0; ) {
      int now = (int) Math.min(left, STEP);
      take(now);
      left -= now;
    }
  }

  /** Waits for at most {@link #STEP} bytes and returns their offset. */
  private int take(int size) throws IOException {
    while (to - from < size) {
      if (from > 0) {
        input.bytes.put(0, input.bytes, from, to - from);
        to -= from;
        from = 0;
      }
      fill();
    }
    int at = from;
    from += size;
    return at;
  }

  private void fill() throws IOException {
    while (true) {
      int count = wire.read(input.view(to, input.capacity() - to));
      if (count < 0) {
        throw new EOFException("the client left during the handshake");
      }
      to += count;
      if (count > 0) {
        return;
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new ClientRejectedException("its handshake took too long");
      }
      flush();
      await(left);
      if (Thread.interrupted()) {
        throw new IOException("the server is stopping");
      }
    }
  }

  /**
   * Whether the client is gone, asked while it waits for an answer. What it has sent before it left
   * is still to be served, so it counts as gone only if there is nothing unread.
   */
  boolean clientLeft() {
    if (to == input.capacity()) {
      return false;
    }
    try {
      int count = wire.read(input.view(to, input.capacity() - to));
      to += Math.max(0, count);
      return count < 0 && from == to;
    } catch (IOException e) {
      return true;
    }
  }

  private void await(long nanos) throws IOException {
    silent.awaited(socket, drop);
    try {
      wire.awaitReadable(nanos);
    } finally {
      silent.heard(socket);
    }
  }

  void putLong(long value) throws IOException {
    output.bytes.putLong(room(Long.BYTES), value);
  }

  void putInt(int value) throws IOException {
    output.bytes.putInt(room(Integer.BYTES), value);
  }

  void putShort(int value) throws IOException {
    output.bytes.putShort(room(Short.BYTES), (short) value);
  }

  /** Sends bytes. */
  void putBytes(byte[] bytes) throws IOException {
    for (int done = 0; done < bytes.length; ) {
      int now = Math.min(bytes.length - done, STEP);
      output.bytes.put(room(now), bytes, done, now);
      done += now;
    }
  }

  /** Begins a reply to an option, which {@code size} bytes of data must follow. */
  void putReply(int option, int type, int size) throws IOException {
    putLong(Magic.OPTION_REPLY);
    putInt(option);
    putInt(type);
    putInt(size);
  }

  /** Sends a whole reply whose data is a text. */
  void putReply(int option, int type, String text) throws IOException {
    byte[] bytes = Failures.wireText(text);
    putReply(option, type, bytes.length);
    putBytes(bytes);
  }

  private int room(int size) throws IOException {
    if (length + size > output.capacity()) {
      flush();
    }
    int at = length;
    length += size;
    return at;
  }

  void flush() throws IOException {
    if (length > 0) {
      ByteBuffer all = output.view(0, length);
      length = 0;
      wire.limitWrites(Math.max(1, deadline - System.nanoTime()));
      try {
        wire.write(all);
      } catch (IOException e) {
        throw new ClientDisconnectedException(e);
      }
    }
  }

  /**
   * Sends what has gathered and encrypts all that follows.
   *
   * @return the wire as it is from now on
   * @throws IOException if the client sent unencrypted data after STARTTLS, or the TLS handshake
   *     fails
   */
  TlsWire encrypt(TlsCodec codec) throws IOException {
    flush();
    if (from != to) {
      throw new ClientRejectedException("it sent unencrypted data after STARTTLS");
    }
    silent.awaited(socket, drop); // more than waiting, but no client has to take long over it
    try {
      TlsWire encrypted = TlsWire.start(socket, codec, deadline);
      wire = encrypted;
      return encrypted;
    } finally {
      silent.heard(socket);
    }
  }

  /** The wire as it is now. */
  public Wire wire() {
    return wire;
  }

  /**
   * Ends the time limit, moves the unread bytes to the beginning of {@code target}, and returns
   * their number.
   */
  public int moveTo(Slab target) {
    wire.limitWrites(Long.MAX_VALUE);
    int length = to - from;
    target.bytes.put(0, input.bytes, from, length);
    from = to;
    return length;
  }

  /** Encodes a string for the wire. */
  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
