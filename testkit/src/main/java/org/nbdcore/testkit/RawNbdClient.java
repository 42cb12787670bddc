package org.nbdcore.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.protocol.HandshakeFlags;
import org.nbdcore.protocol.Info;
import org.nbdcore.protocol.Limits;
import org.nbdcore.protocol.Magic;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;

/**
 * A client for tests that may violate the protocol: it sends any bytes, and reads replies one by
 * one. Every call fails after {@link #timeout}. For use by one thread.
 *
 * <pre>{@code
 * try (RawNbdClient client = RawNbdClient.connect(address)) {
 *   client.handshake();
 *   RawNbdClient.SelectedExport disk = client.go("");
 *   client.request(0, Command.READ, 42, 0, 512);
 *   RawNbdClient.SimpleReply reply = client.simpleReply();
 *   byte[] data = client.receive(512);
 * }
 * }</pre>
 */
public final class RawNbdClient implements Closeable {

  /**
   * A reply to an option.
   *
   * @param option the number of the option
   * @param type one of {@link OptionReply}
   * @param data the data of the reply
   */
  public record OptionMessage(int option, int type, byte[] data) {
    /** True if the reply is an error. */
    public boolean isError() {
      return type < 0;
    }

    /** The data as text: the message of an error. */
    public String text() {
      return new String(data, StandardCharsets.UTF_8);
    }

    /** The data as a buffer, big-endian. */
    public ByteBuffer buffer() {
      return ByteBuffer.wrap(data);
    }
  }

  /**
   * The server's information about an export at the start of transmission.
   *
   * @param size in bytes
   * @param flags bits of {@link org.nbdcore.protocol.TransmissionFlags}
   */
  public record SelectedExport(long size, int flags) {}

  /**
   * A simple reply, without the data that may follow.
   *
   * @param error 0 or a number of {@link org.nbdcore.spi.NbdError}
   * @param cookie of the request
   */
  public record SimpleReply(int error, long cookie) {}

  /**
   * A chunk of a structured reply.
   *
   * @param flags 0 or {@link org.nbdcore.protocol.ReplyType#FLAG_DONE}
   * @param type one of {@link org.nbdcore.protocol.ReplyType}
   * @param cookie of the request
   * @param payload the complete payload
   */
  public record Chunk(int flags, int type, long cookie, byte[] payload) {
    /** The payload as a buffer, big-endian. */
    public ByteBuffer buffer() {
      return ByteBuffer.wrap(payload);
    }
  }

  private static final int MAX_PAYLOAD = 1 << 27;

  private final RawSocket socket;
  private int handshakeFlags;

  private RawNbdClient(RawSocket socket) {
    this.socket = socket;
  }

  /** Connects to a TCP or Unix socket, without sending anything. */
  public static RawNbdClient connect(SocketAddress address) throws IOException {
    return new RawNbdClient(RawSocket.connect(address));
  }

  /** Uses an existing connection. It becomes non-blocking, and {@link #close} closes it. */
  public static RawNbdClient over(SocketChannel channel) throws IOException {
    return new RawNbdClient(new RawSocket(channel));
  }

  /** Changes the time limit of each wait. The default is 20 seconds. */
  public RawNbdClient timeout(Duration timeout) {
    socket.timeout(timeout);
    return this;
  }

  /** The connection, for example to set socket options. */
  public SocketChannel channel() {
    return socket.channel();
  }

  /** Sends bytes. */
  public void send(byte... bytes) throws IOException {
    socket.send(ByteBuffer.wrap(bytes));
  }

  /** Sends the bytes between the position and the limit. */
  public void send(ByteBuffer bytes) throws IOException {
    socket.send(bytes);
  }

  /** Sends a 32-bit number. */
  public void sendInt(int value) throws IOException {
    send(ByteBuffer.allocate(4).putInt(0, value));
  }

  /** Sends a 64-bit number. */
  public void sendLong(long value) throws IOException {
    send(ByteBuffer.allocate(8).putLong(0, value));
  }

  /** Receives exactly {@code length} bytes. */
  public byte[] receive(int length) throws IOException {
    return socket.receive(length).array();
  }

  /** Receives exactly {@code length} bytes, as a big-endian buffer. */
  public ByteBuffer receiveBuffer(int length) throws IOException {
    return socket.receive(length);
  }

  /**
   * Waits until the server closes the connection. Returns false if the server sends a byte instead.
   */
  public boolean closedByServer() throws IOException {
    return socket.isAtEnd();
  }

  /** Shuts down the sending side. Receiving is still possible. */
  public void shutdownOutput() throws IOException {
    socket.channel().shutdownOutput();
  }

  /** Drops the connection; on TCP with a reset. */
  public void drop() throws IOException {
    socket.drop();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** Reads the server's greeting and returns its handshake flags. */
  public int greeting() throws IOException {
    ByteBuffer greeting = receiveBuffer(18);
    expect("first magic", Magic.NBDMAGIC, greeting.getLong());
    expect("second magic", Magic.IHAVEOPT, greeting.getLong());
    return Short.toUnsignedInt(greeting.getShort());
  }

  /** Sends the client's flags. */
  public void clientFlags(int flags) throws IOException {
    handshakeFlags = flags;
    sendInt(flags);
  }

  /** Reads the greeting, and sends back the handshake flags that it offers. Returns these flags. */
  public int handshake() throws IOException {
    int offered = greeting();
    clientFlags(offered & (HandshakeFlags.FIXED_NEWSTYLE | HandshakeFlags.NO_ZEROES));
    return offered;
  }

  /** Sends an option, valid or not. */
  public void option(int option, byte[] data) throws IOException {
    send(
        ByteBuffer.allocate(Limits.OPTION_HEADER + data.length)
            .putLong(Magic.IHAVEOPT)
            .putInt(option)
            .putInt(data.length)
            .put(data)
            .flip());
  }

  /** Reads one reply to an option. */
  public OptionMessage optionReply() throws IOException {
    ByteBuffer header = receiveBuffer(Limits.OPTION_REPLY_HEADER);
    expect("magic of a reply to an option", Magic.OPTION_REPLY, header.getLong());
    int option = header.getInt();
    int type = header.getInt();
    return new OptionMessage(option, type, receive(payloadLength(header.getInt())));
  }

  /** Sends an option and reads its replies, up to an acknowledgement or an error. */
  public List<OptionMessage> negotiate(int option, byte[] data) throws IOException {
    option(option, data);
    List<OptionMessage> replies = new ArrayList<>();
    OptionMessage reply;
    do {
      reply = optionReply();
      expect("option that a reply is about", option, reply.option());
      replies.add(reply);
    } while (reply.type() != OptionReply.ACK && !reply.isError());
    return replies;
  }

  /** Sends {@code NBD_OPT_GO} for an export without asking for information; fails on an error. */
  public SelectedExport go(String exportName) throws IOException {
    SelectedExport exported = null;
    for (OptionMessage reply : negotiate(Option.GO, OptionData.info(exportName))) {
      if (reply.isError()) {
        throw new IOException("the server refused '" + exportName + "': " + reply.text());
      }
      ByteBuffer data = reply.buffer();
      if (reply.type() == OptionReply.INFO && data.getShort() == Info.EXPORT) {
        exported = new SelectedExport(data.getLong(), Short.toUnsignedInt(data.getShort()));
      }
    }
    if (exported == null) {
      throw new IOException("the server acknowledged GO without NBD_INFO_EXPORT");
    }
    return exported;
  }

  /** Sends {@code NBD_OPT_EXPORT_NAME}; the server closes the connection if it refuses. */
  public SelectedExport exportName(String name) throws IOException {
    option(Option.EXPORT_NAME, name.getBytes(StandardCharsets.UTF_8));
    ByteBuffer answer = receiveBuffer(10);
    if ((handshakeFlags & HandshakeFlags.NO_ZEROES) == 0) {
      receive(124);
    }
    return new SelectedExport(answer.getLong(), Short.toUnsignedInt(answer.getShort()));
  }

  /** Negotiates structured replies. Fails if the server refuses. */
  public void structuredReplies() throws IOException {
    OptionMessage reply = negotiate(Option.STRUCTURED_REPLY, new byte[0]).get(0);
    expect("reply to STRUCTURED_REPLY", OptionReply.ACK, reply.type());
  }

  /**
   * Selects one meta context of an export and returns its number. Fails if the server does not
   * offer it.
   */
  public int metaContext(String exportName, String context) throws IOException {
    byte[] data = OptionData.metaContexts(exportName, context);
    OptionMessage reply = negotiate(Option.SET_META_CONTEXT, data).get(0);
    expect("reply to SET_META_CONTEXT", OptionReply.META_CONTEXT, reply.type());
    return reply.buffer().getInt();
  }

  /** Sends a request without data. The length is unsigned. */
  public void request(int flags, int command, long cookie, long offset, long length)
      throws IOException {
    send(requestHeader(flags, command, cookie, offset, length));
  }

  /** Sends a request with a payload, in one write. The length is that of {@code data}. */
  public void request(int flags, int command, long cookie, long offset, byte[] data)
      throws IOException {
    ByteBuffer all = ByteBuffer.allocate(Limits.REQUEST_HEADER + data.length);
    send(all.put(requestHeader(flags, command, cookie, offset, data.length)).put(data).flip());
  }

  /** The header of a request, to send complete or truncated. */
  public static ByteBuffer requestHeader(
      int flags, int command, long cookie, long offset, long length) {
    return ByteBuffer.allocate(Limits.REQUEST_HEADER)
        .putInt(Magic.REQUEST)
        .putShort((short) flags)
        .putShort((short) command)
        .putLong(cookie)
        .putLong(offset)
        .putInt((int) length)
        .flip();
  }

  /** Reads the header of a simple reply. After a successful read, receive the data next. */
  public SimpleReply simpleReply() throws IOException {
    ByteBuffer reply = receiveBuffer(Limits.SIMPLE_REPLY_HEADER);
    expect("magic of a simple reply", Magic.SIMPLE_REPLY, reply.getInt());
    return new SimpleReply(reply.getInt(), reply.getLong());
  }

  /** Reads a chunk of a structured reply. */
  public Chunk chunk() throws IOException {
    ByteBuffer header = receiveBuffer(Limits.CHUNK_HEADER);
    expect("magic of a chunk", Magic.STRUCTURED_REPLY, header.getInt());
    int flags = Short.toUnsignedInt(header.getShort());
    int type = Short.toUnsignedInt(header.getShort());
    long cookie = header.getLong();
    return new Chunk(flags, type, cookie, receive(payloadLength(header.getInt())));
  }

  private static int payloadLength(int length) throws IOException {
    if (length < 0 || length > MAX_PAYLOAD) {
      throw new IOException(
          "the server announces " + Integer.toUnsignedString(length) + " bytes of payload");
    }
    return length;
  }

  private static void expect(String what, long expected, long found) throws IOException {
    if (expected != found) {
      throw new IOException(
          what
              + ": expected 0x"
              + Long.toHexString(expected)
              + ", not 0x"
              + Long.toHexString(found));
    }
  }
}
