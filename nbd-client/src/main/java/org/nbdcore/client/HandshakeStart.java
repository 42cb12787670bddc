package org.nbdcore.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nbdcore.protocol.HandshakeFlags;
import org.nbdcore.protocol.Magic;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;

/** The start of every handshake: the greeting, TLS, structured replies. */
final class HandshakeStart implements OptionNegotiation.ReplyHandler {

  /** Zero bytes of the old greeting and of EXPORT_NAME. */
  static final int RESERVED = 124;

  private final ClientConnection connection;
  private final ConnectOptions options;
  private @Nullable OptionNegotiation negotiation;
  private String protocol = "newstyle-fixed";
  private ReplyStyle replies = ReplyStyle.SIMPLE;
  private boolean noZeroes;
  private @Nullable ExportInfoReader oldstyle;

  HandshakeStart(ClientConnection connection, ConnectOptions options) {
    this.connection = connection;
    this.options = options;
  }

  /**
   * Runs the start of the handshake.
   *
   * @param tlsByUri whether the URI requires TLS
   */
  void run(boolean tlsByUri) throws IOException {
    greet();
    startTls(tlsByUri);
    askForReplies();
  }

  private void greet() throws IOException {
    WireInput in = connection.in();
    if (in.readLong() != Magic.NBDMAGIC) {
      throw NbdClientException.broken(connection + ": this is not an NBD server", null);
    }
    long style = in.readLong();
    if (style == Magic.CLISERV) {
      protocol = "oldstyle";
      ExportInfoReader export = new ExportInfoReader("", "handshake with " + connection);
      export.size(in.readLong());
      export.flags(in.readInt() & 0xffff);
      oldstyle = export;
      in.skip(RESERVED);
      return;
    }
    if (style != Magic.IHAVEOPT) {
      throw NbdClientException.broken(
          connection + ": the server speaks an unknown style of NBD", null);
    }
    int flags = in.readShort() & (HandshakeFlags.FIXED_NEWSTYLE | HandshakeFlags.NO_ZEROES);
    noZeroes = (flags & HandshakeFlags.NO_ZEROES) != 0;
    if ((flags & HandshakeFlags.FIXED_NEWSTYLE) == 0) {
      protocol = "newstyle";
    }
    connection.out().write(ByteBuffer.allocate(4).putInt(flags).flip());
    negotiation = new OptionNegotiation(in, connection.out());
  }

  boolean fixed() {
    return protocol.equals("newstyle-fixed");
  }

  private void startTls(boolean byUri) throws IOException {
    boolean required =
        options.tlsMode() == TlsMode.REQUIRED || options.tlsMode() == TlsMode.BY_URI && byUri;
    if (!required && options.tlsMode() != TlsMode.PREFERRED) {
      return;
    }
    if (!fixed()) {
      if (required) {
        throw NbdClientException.broken(
            connection + ": TLS is required, but the server speaks only " + protocol, null);
      }
      return;
    }
    try {
      ask(Option.STARTTLS);
    } catch (NbdClientException e) {
      if (required || e.optionReply() == 0) {
        throw e;
      }
      return;
    }
    connection.startTls(options);
    negotiation = new OptionNegotiation(connection.in(), connection.out());
  }

  private void askForReplies() throws IOException {
    if (!fixed() || !options.structuredReplies()) {
      return;
    }
    if (options.extendedHeaders() && agreed(Option.EXTENDED_HEADERS)) {
      replies = ReplyStyle.EXTENDED;
    } else if (agreed(Option.STRUCTURED_REPLY)) {
      replies = ReplyStyle.STRUCTURED;
    }
  }

  private boolean agreed(int option) throws IOException {
    try {
      ask(option);
      return true;
    } catch (NbdClientException e) {
      if (e.optionReply() == 0) {
        throw e;
      }
      return false;
    }
  }

  /** Sends an option that has no data, and whose reply has none. */
  private void ask(int option) throws IOException {
    negotiation()
        .ask(option, OptionNegotiation.NOTHING, OptionNegotiation.describe(option, null), this);
  }

  @Override
  public void reply(int type, ByteBuffer data) throws IOException {
    throw OptionNegotiation.broken("handshake", "unexpected reply " + OptionReply.name(type));
  }

  /** Newstyle-fixed, newstyle or oldstyle. */
  String protocol() {
    return protocol;
  }

  ReplyStyle replies() {
    return replies;
  }

  /** True if the server omits the reserved bytes after EXPORT_NAME. */
  boolean noZeroes() {
    return noZeroes;
  }

  /** For further options, of which an oldstyle server has none. */
  OptionNegotiation negotiation() {
    return Objects.requireNonNull(negotiation, "oldstyle servers know no options");
  }

  /** The export of an oldstyle server, which sends everything at once; otherwise null. */
  @Nullable ExportInfoReader oldstyle() {
    return oldstyle;
  }
}
