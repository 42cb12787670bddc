package org.nbdcore.client.fake;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.HandshakeFlags;
import org.nbdcore.protocol.Info;
import org.nbdcore.protocol.Magic;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.protocol.ReplyType;
import org.nbdcore.protocol.TransmissionFlags;

/** A client, as seen by a script: raw numbers, and shortcuts for the usual messages. */
public final class Peer {

  /** An option as it came. */
  public record OptionRequest(int option, byte[] data) {}

  /** A request as it came; writes have their data. */
  public record Request(
      int flags, int command, long cookie, long offset, long length, byte[] data) {}

  private final Socket socket;
  public DataInputStream in;
  public DataOutputStream out;

  Peer(Socket socket) throws IOException {
    this.socket = socket;
    streams(socket.getInputStream(), socket.getOutputStream());
  }

  /** A client on something else than TCP. */
  public Peer(InputStream in, OutputStream out) {
    this.socket = null;
    streams(in, out);
  }

  private void streams(InputStream newIn, OutputStream newOut) {
    in = new DataInputStream(newIn);
    out = new DataOutputStream(new BufferedOutputStream(newOut, 1 << 16));
  }

  /** Starts TLS on the connection. */
  public void startTls(SSLContext context) throws IOException {
    SSLSocket tls =
        (SSLSocket)
            context.getSocketFactory().createSocket(socket, "client", socket.getPort(), true);
    tls.setUseClientMode(false);
    tls.startHandshake();
    streams(tls.getInputStream(), tls.getOutputStream());
  }

  public void greet() throws IOException {
    greet(HandshakeFlags.FIXED_NEWSTYLE | HandshakeFlags.NO_ZEROES);
  }

  /** Sends the greeting and reads the client's flags. */
  public int greet(int handshakeFlags) throws IOException {
    out.writeLong(Magic.NBDMAGIC);
    out.writeLong(Magic.IHAVEOPT);
    out.writeShort(handshakeFlags);
    out.flush();
    return in.readInt();
  }

  public OptionRequest readOption() throws IOException {
    if (in.readLong() != Magic.IHAVEOPT) {
      throw new AssertionError("an option begins with a wrong magic number");
    }
    int option = in.readInt();
    return new OptionRequest(option, in.readNBytes(in.readInt()));
  }

  public void reply(int option, int type, byte[] data) throws IOException {
    out.writeLong(Magic.OPTION_REPLY);
    out.writeInt(option);
    out.writeInt(type);
    out.writeInt(data.length);
    out.write(data);
    out.flush();
  }

  public void ack(int option) throws IOException {
    reply(option, OptionReply.ACK, new byte[0]);
  }

  /** Size and flags in answer to INFO or GO. */
  public void infoExport(int option, long size, int flags) throws IOException {
    reply(option, OptionReply.INFO, new Bytes().u16(Info.EXPORT).u64(size).u16(flags).get());
  }

  /**
   * The usual handshake with structured replies and base:allocation as number 1, up to the first
   * request.
   */
  public void handshake(long size) throws IOException {
    greet();
    int flags = TransmissionFlags.HAS_FLAGS | TransmissionFlags.SEND_FLUSH;
    flags |= TransmissionFlags.SEND_TRIM | TransmissionFlags.SEND_WRITE_ZEROES;
    while (true) {
      OptionRequest request = readOption();
      if (request.option() == Option.SET_META_CONTEXT) {
        byte[] context = new Bytes().u32(1).text("base:allocation").get();
        reply(request.option(), OptionReply.META_CONTEXT, context);
      } else if (request.option() == Option.GO) {
        infoExport(Option.GO, size, flags);
      }
      ack(request.option());
      if (request.option() == Option.GO) {
        return;
      }
    }
  }

  public Request readRequest() throws IOException {
    if (in.readInt() != Magic.REQUEST) {
      throw new AssertionError("a request begins with a wrong magic number");
    }
    int flags = in.readUnsignedShort();
    int command = in.readUnsignedShort();
    long cookie = in.readLong();
    long offset = in.readLong();
    long length = Integer.toUnsignedLong(in.readInt());
    byte[] data = command == Command.WRITE ? in.readNBytes((int) length) : null;
    return new Request(flags, command, cookie, offset, length, data);
  }

  public void simple(long cookie, int error, byte[] data) throws IOException {
    out.writeInt(Magic.SIMPLE_REPLY);
    out.writeInt(error);
    out.writeLong(cookie);
    out.write(data);
    out.flush();
  }

  public void chunk(int flags, int type, long cookie, byte[] payload) throws IOException {
    chunkHeader(flags, type, cookie, payload.length);
    out.write(payload);
    out.flush();
  }

  public void chunkHeader(int flags, int type, long cookie, int length) throws IOException {
    out.writeInt(Magic.STRUCTURED_REPLY);
    out.writeShort(flags);
    out.writeShort(type);
    out.writeLong(cookie);
    out.writeInt(length);
    out.flush();
  }

  /** The last chunk of a structured error. */
  public void error(long cookie, int error, String message) throws IOException {
    byte[] text = message.getBytes(StandardCharsets.UTF_8);
    byte[] payload = new Bytes().u32(error).u16(text.length).raw(text).get();
    chunk(ReplyType.FLAG_DONE, ReplyType.ERROR, cookie, payload);
  }
}
