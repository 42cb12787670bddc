package org.nbdcore.client;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.nbdcore.protocol.HandshakeFlags;
import org.nbdcore.protocol.Magic;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;

/**
 * A connection that is still haggling: lists exports, asks about them, and at last goes on to one.
 * TLS and structured replies are agreed on when it opens. For one thread at a time.
 *
 * <p>After a refusal ({@link NbdClientException#optionReply} is not 0) one can go on asking; after
 * any other failure the connection is closed.
 */
public final class NbdHandshake implements Closeable {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int RESERVED = 124;

  private final Connection connection;
  private final ConnectOptions options;
  private Haggling haggling;
  private String protocol = "newstyle-fixed";
  private boolean structuredReplies;
  private boolean noZeroes;

  /** Of an oldstyle server, which tells everything at once; otherwise null. */
  private ExportInfoReader oldstyle;

  private boolean gone;

  private NbdHandshake(Connection connection, ConnectOptions options) {
    this.connection = connection;
    this.options = options;
  }

  /**
   * Connects to the server of a URI; its export name is not used.
   *
   * @throws NbdClientException naming the URI and the reason
   */
  public static NbdHandshake open(NbdUri uri, ConnectOptions options) throws IOException {
    return open(Endpoint.of(uri), options, uri.tls());
  }

  /** Connects to a TCP or Unix domain socket address. */
  public static NbdHandshake open(SocketAddress address, ConnectOptions options)
      throws IOException {
    return open(Endpoint.of(address), options, false);
  }

  private static NbdHandshake open(Endpoint endpoint, ConnectOptions options, boolean tls)
      throws IOException {
    Connection connection = new Connection(endpoint, endpoint.connect(options.timeoutMillis()));
    NbdHandshake handshake = new NbdHandshake(connection, options);
    Deadline deadline = handshake.deadline();
    try {
      handshake.greet();
      handshake.startTls(tls);
      handshake.askForStructuredReplies();
      return handshake;
    } catch (IOException e) {
      connection.close();
      throw handshake.failure("handshake with " + connection, e, deadline);
    } finally {
      deadline.close();
    }
  }

  private void greet() throws IOException {
    WireInput in = connection.in();
    if (in.readLong() != Magic.NBDMAGIC) {
      throw NbdClientException.broken(connection + ": this is not an NBD server", null);
    }
    long style = in.readLong();
    if (style == Magic.CLISERV) {
      protocol = "oldstyle";
      oldstyle = new ExportInfoReader("", "handshake with " + connection);
      oldstyle.size(in.readLong());
      oldstyle.flags(in.readInt() & 0xffff);
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
    haggling = new Haggling(in, connection.out());
  }

  private boolean fixed() {
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
      ask(Option.STARTTLS, NOTHING, Haggling.describe(Option.STARTTLS, null), null);
    } catch (NbdClientException e) {
      if (required || e.optionReply() == 0) {
        throw e;
      }
      return;
    }
    connection.startTls(options);
    haggling = new Haggling(connection.in(), connection.out());
  }

  private void askForStructuredReplies() throws IOException {
    if (!options.structuredReplies() || !fixed()) {
      return;
    }
    try {
      ask(Option.STRUCTURED_REPLY, NOTHING, Haggling.describe(Option.STRUCTURED_REPLY, null), null);
      structuredReplies = true;
    } catch (NbdClientException e) {
      if (e.optionReply() == 0) {
        throw e;
      }
    }
  }

  /** {@code newstyle-fixed}, {@code newstyle} or {@code oldstyle}. */
  public String protocol() {
    return protocol;
  }

  /** Whether the connection is encrypted. */
  public boolean tls() {
    return connection.tls();
  }

  /** Whether structured replies were agreed on. */
  public boolean structuredReplies() {
    return structuredReplies;
  }

  /**
   * The exports that the server lists; it may hide some.
   *
   * @throws NbdClientException if it refuses, or lists more than 16 MiB
   */
  public List<ListedExport> list() throws IOException {
    String what = Haggling.describe(Option.LIST, null);
    ListReader reader = new ListReader(what);
    run(Option.LIST, NOTHING, what, reader);
    return reader.exports();
  }

  /**
   * What the server says about an export, without opening it. {@link ExportInfo#metaContexts} is
   * empty.
   *
   * @throws NbdClientException if it refuses; {@link OptionReply#ERR_UNSUP} from servers that
   *     cannot tell before {@link #go}
   */
  public ExportInfo info(String exportName) throws IOException {
    if (oldstyle != null) {
      return oldstyle.result(List.of(), false);
    }
    String what = Haggling.describe(Option.INFO, exportName);
    ExportInfoReader reader = new ExportInfoReader(exportName, what);
    run(Option.INFO, ExportInfoReader.request(Haggling.name(exportName)), what, reader);
    return reader.result(List.of(), structuredReplies);
  }

  /**
   * The meta contexts that the server offers for an export; empty where it knows none. A name may
   * also be a pattern that the server explains.
   */
  public List<String> metaContexts(String exportName) throws IOException {
    if (!structuredReplies) {
      return List.of();
    }
    MetaContextReader reader = new MetaContextReader(Integer.MAX_VALUE);
    askMetaContexts(Option.LIST_META_CONTEXT, exportName, List.of(), reader);
    return reader.names();
  }

  /**
   * Goes on to an export. This object is used up then, whether it succeeds or not, unless the
   * failure is a refusal.
   *
   * @return the client, which owns the connection from here on
   */
  public NbdClient go(String exportName) throws IOException {
    MetaContextReader contexts = new MetaContextReader(options.metaContexts().size());
    if (structuredReplies && !options.metaContexts().isEmpty()) {
      askMetaContexts(Option.SET_META_CONTEXT, exportName, options.metaContexts(), contexts);
    }
    ExportInfoReader reader = oldstyle;
    if (reader == null) {
      String what = Haggling.describe(Option.GO, exportName);
      reader = new ExportInfoReader(exportName, what);
      byte[] name = Haggling.name(exportName);
      boolean told = false;
      if (fixed()) {
        try {
          run(Option.GO, ExportInfoReader.request(name), what, reader);
          told = true;
        } catch (NbdClientException e) {
          if (e.optionReply() != OptionReply.ERR_UNSUP) {
            throw e;
          }
        }
      }
      if (!told) {
        reader = exportName(exportName, name);
      }
    }
    ExportInfo info;
    try {
      info = reader.result(contexts.names(), structuredReplies);
    } catch (IOException e) {
      connection.close();
      throw e;
    }
    gone = true;
    return new NbdClient(connection, info, protocol, structuredReplies, contexts.ids());
  }

  /** The way of old servers: facts or a hangup. */
  private ExportInfoReader exportName(String exportName, byte[] name) throws IOException {
    String what = Haggling.describe(Option.EXPORT_NAME, exportName);
    ExportInfoReader reader = new ExportInfoReader(exportName, what);
    Deadline deadline = deadline();
    try {
      haggling.send(Option.EXPORT_NAME, ByteBuffer.wrap(name));
      reader.size(connection.in().readLong());
      reader.flags(Short.toUnsignedInt(connection.in().readShort()));
      if (!noZeroes) {
        connection.in().skip(RESERVED);
      }
      return reader;
    } catch (IOException e) {
      connection.close();
      throw failure(what + " (old servers hang up if they lack the export)", e, deadline);
    } finally {
      deadline.close();
    }
  }

  private void askMetaContexts(
      int option, String exportName, List<String> queries, MetaContextReader reader)
      throws IOException {
    String what = Haggling.describe(option, exportName);
    ByteBuffer data = MetaContextReader.request(Haggling.name(exportName), queries);
    try {
      reader.what(what);
      run(option, data, what, reader);
    } catch (NbdClientException e) {
      reader.clear();
      // A server may know no contexts; what else is wrong with the export GO will tell.
      if (e.optionReply() == 0) {
        throw e;
      }
    }
  }

  private void run(int option, ByteBuffer data, String what, Haggling.ReplyHandler handler)
      throws IOException {
    if (gone) {
      throw new IllegalStateException("the handshake is over");
    }
    if (!fixed()) {
      throw NbdClientException.option(
          what, OptionReply.ERR_UNSUP, "it speaks only " + protocol + " NBD");
    }
    Deadline deadline = deadline();
    try {
      ask(option, data, what, handler);
    } catch (NbdClientException e) {
      if (e.optionReply() == 0) {
        connection.close();
      }
      throw e;
    } catch (IOException e) {
      connection.close();
      throw failure(what, e, deadline);
    } finally {
      deadline.close();
    }
  }

  private void ask(int option, ByteBuffer data, String what, Haggling.ReplyHandler handler)
      throws IOException {
    haggling.ask(option, data.duplicate(), what, handler == null ? new NoReply(what) : handler);
  }

  private Deadline deadline() {
    return new Deadline(connection.socket(), options.timeoutMillis());
  }

  private NbdClientException failure(String what, IOException e, Deadline deadline) {
    if (deadline.passed()) {
      return NbdClientException.broken(
          what + ": no answer within " + options.timeoutMillis() + " ms", e);
    }
    return e instanceof NbdClientException known ? known : Failures.broken(what, e);
  }

  /** Tells the server goodbye if it is still haggling, and closes the connection. */
  @Override
  public void close() {
    if (gone || !connection.isOpen()) {
      return;
    }
    try {
      if (fixed()) {
        haggling.send(Option.ABORT, NOTHING.duplicate());
      }
    } catch (IOException e) {
      // The server left first.
    }
    connection.close();
  }

  /** For options that are answered with ACK or an error alone. */
  private static final class NoReply implements Haggling.ReplyHandler {
    private final String what;

    NoReply(String what) {
      this.what = what;
    }

    @Override
    public void reply(int type, ByteBuffer data) throws IOException {
      throw Haggling.broken(what, "unexpected reply " + OptionReply.name(type));
    }
  }
}
