package org.nbdcore.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import javax.net.ssl.SSLException;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsNoCloseNotifyException;

/**
 * TLS with a pre-shared key over a blocking socket. Uses Bouncy Castle, because the JDK does not
 * support pre-shared keys.
 */
final class PskChannel extends EncryptedChannel {

  /** Maximum payload of a TLS record, in bytes. */
  private static final int RECORD = 1 << 14;

  private final TlsClientProtocol protocol;
  private final byte[] received = new byte[RECORD];

  private final byte[] sent = new byte[RECORD]; // only send uses it

  private PskChannel(ReadableByteChannel from, GatheringByteChannel to) {
    super(to);
    protocol = new TlsClientProtocol(new Incoming(from), new Outgoing(to));
  }

  /** Runs the TLS handshake over a connected socket. */
  static PskChannel connect(ReadableByteChannel from, GatheringByteChannel to, PskKey key)
      throws IOException {
    PskChannel channel = new PskChannel(from, to);
    try {
      channel.protocol.connect(new PskClient(key));
    } catch (IOException e) {
      String why = e.getMessage() == null ? "the server hung up" : e.getMessage();
      throw new SSLException("with the key of '" + key.user() + "': " + why, e);
    }
    return channel;
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    try {
      int length = Math.min(dst.remaining(), RECORD);
      int count = protocol.readApplicationData(received, 0, length);
      if (count > 0) {
        dst.put(received, 0, count);
      }
      return count;
    } catch (TlsNoCloseNotifyException e) {
      return -1; // the NBD layer detects a truncated stream by itself
    }
  }

  /** Sends everything, in records that are as full as possible. */
  @Override
  long send(ByteBuffer[] sources, int first, int count) throws IOException {
    long total = 0;
    int filled = 0;
    for (int i = first; i < first + count; i++) {
      while (sources[i].hasRemaining()) {
        int part = Math.min(sources[i].remaining(), RECORD - filled);
        sources[i].get(sent, filled, part);
        filled += part;
        total += part;
        if (filled == RECORD) {
          protocol.writeApplicationData(sent, 0, filled);
          filled = 0;
        }
      }
    }
    if (filled > 0) {
      protocol.writeApplicationData(sent, 0, filled);
    }
    return total;
  }

  @Override
  void sendCloseNotify() throws IOException {
    protocol.close();
  }

  /** Replaces the streams of {@code Channels}, whose lock would block a write during a read. */
  private static final class Incoming extends InputStream {
    private final ReadableByteChannel from;

    Incoming(ReadableByteChannel from) {
      this.from = from;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return from.read(ByteBuffer.wrap(bytes, offset, length));
    }

    @Override
    public void close() throws IOException {
      from.close();
    }
  }

  private static final class Outgoing extends OutputStream {
    private final GatheringByteChannel to;

    Outgoing(GatheringByteChannel to) {
      this.to = to;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
      while (rest.hasRemaining()) {
        to.write(rest);
      }
    }

    @Override
    public void close() throws IOException {
      to.close();
    }
  }
}
