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
 * Reads and writes numbers and strings on a wire, with a time limit. For the handshake's thread
 * only. Output is buffered until {@link #flush}.
 */
public final class HandshakeWire {

  /** Bytes of memory for each direction. Small, because many clients may wait here. */
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
   * Starts without input.
   *
   * @param deadline on the clock of {@link System#nanoTime}
   * @param silent limits the clients in the handshake
   * @param drop disconnects this client
   * @param input a slab of {@link #SLAB} bytes
   * @param output another slab of {@link #SLAB} bytes
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
        throw new EOFException("the client disconnected during the handshake");
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
   * True if the client has disconnected while it waits for a reply. Returns false while there is
   * unread input, because the server must process what the client sent before.
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
    silent.add(socket, drop);
    try {
      wire.awaitReadable(nanos);
    } finally {
      silent.remove(socket);
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

  /** Starts a reply to an option. {@code size} bytes of data must follow. */
  void putReply(int option, int type, int size) throws IOException {
    putLong(Magic.OPTION_REPLY);
    putInt(option);
    putInt(type);
    putInt(size);
  }

  /** Sends a complete reply whose data is a text. */
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
   * Sends the buffered output, and starts TLS.
   *
   * @return the encrypted wire
   * @throws IOException if the client sent unencrypted data after STARTTLS, or the TLS handshake
   *     fails
   */
  TlsWire encrypt(TlsCodec codec) throws IOException {
    flush();
    if (from != to) {
      throw new ClientRejectedException("it sent unencrypted data after STARTTLS");
    }
    // also during the TLS handshake, which a legitimate client completes quickly
    silent.add(socket, drop);
    try {
      TlsWire encrypted = TlsWire.start(socket, codec, deadline);
      wire = encrypted;
      return encrypted;
    } finally {
      silent.remove(socket);
    }
  }

  /** The current wire: plain, or encrypted after {@link #encrypt}. */
  public Wire wire() {
    return wire;
  }

  /**
   * Ends the time limit, moves the unread bytes to the start of {@code target}, and returns their
   * number.
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
