package org.nbdcore.client;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.spi.Export;

/**
 * A connection in the handshake: lists and describes exports, and finally selects one. TLS and
 * structured replies are negotiated when it opens. For one thread at a time.
 *
 * <p>After a refusal ({@link NbdClientException#optionReply} is not 0) the handshake continues;
 * after any other failure the connection is closed.
 */
public final class NbdHandshake implements Closeable {

  private final ClientConnection connection;
  private final ConnectOptions options;
  private final HandshakeStart opening;
  private boolean gone;

  private NbdHandshake(ClientConnection connection, ConnectOptions options) {
    this.connection = connection;
    this.options = options;
    this.opening = new HandshakeStart(connection, options);
  }

  /**
   * Connects to the server of a URI. The URI's export name is ignored.
   *
   * @throws NbdClientException naming the URI and the reason
   */
  public static NbdHandshake open(NbdUri uri, ConnectOptions options) throws IOException {
    if (uri.transport() == NbdUri.Transport.SSH) {
      SshTunnel tunnel = SshTunnel.start(uri);
      return open(tunnel, tunnel, uri.toString(), uri, options);
    }
    return open(Endpoint.of(uri), options, uri.tls());
  }

  /** Connects to a TCP or Unix domain socket address. */
  public static NbdHandshake open(SocketAddress address, ConnectOptions options)
      throws IOException {
    return open(Endpoint.of(address), options, false);
  }

  /**
   * Performs the handshake over connected channels, for example an inherited socket. The channels
   * are closed with the connection, and also if the handshake fails.
   *
   * @param from blocks until data arrives
   * @param to may be the same object; closing it must also end a read from {@code from}
   * @param name the connection's name in messages
   */
  public static NbdHandshake open(
      ReadableByteChannel from, GatheringByteChannel to, String name, ConnectOptions options)
      throws IOException {
    return open(from, to, name, null, options);
  }

  /**
   * The same, with the TLS keys and names of a URI.
   *
   * @param uri the server's URI; only its TLS parameters are used
   */
  public static NbdHandshake open(
      ReadableByteChannel from,
      GatheringByteChannel to,
      String name,
      @Nullable NbdUri uri,
      ConnectOptions options)
      throws IOException {
    boolean tls = uri != null && uri.tls();
    return open(new ClientConnection(Endpoint.connected(name, uri), from, to), options, tls);
  }

  private static NbdHandshake open(Endpoint endpoint, ConnectOptions options, boolean tls)
      throws IOException {
    return open(
        new ClientConnection(endpoint, endpoint.connect(options.connectTimeout().toMillis())),
        options,
        tls);
  }

  private static NbdHandshake open(ClientConnection connection, ConnectOptions options, boolean tls)
      throws IOException {
    NbdHandshake handshake = new NbdHandshake(connection, options);
    ChannelWatchdog deadline = handshake.deadline();
    try {
      handshake.opening.run(tls);
      return handshake;
    } catch (IOException e) {
      connection.close();
      throw handshake.failure("handshake with " + connection, e, deadline);
    } finally {
      deadline.close();
    }
  }

  /** Returns {@code newstyle-fixed}, {@code newstyle} or {@code oldstyle}. */
  public String protocol() {
    return opening.protocol();
  }

  /** Returns true if the connection is encrypted. */
  public boolean tls() {
    return connection.tls();
  }

  /** Returns true if structured replies were negotiated. */
  public boolean structuredReplies() {
    return opening.replies() != ReplyStyle.SIMPLE;
  }

  /**
   * Returns the exports that the server lists. A server may hide some of its exports.
   *
   * @throws NbdClientException if the server refuses, or sends a list of more than 16 MiB
   */
  public List<Export> list() throws IOException {
    String what = OptionNegotiation.describe(Option.LIST, null);
    ListReader reader = new ListReader(what);
    run(Option.LIST, OptionNegotiation.NOTHING, what, reader);
    return reader.exports();
  }

  /**
   * Describes an export without opening it. {@link ExportInfo#metaContexts} is empty.
   *
   * @throws NbdClientException if the server refuses; with {@link OptionReply#ERR_UNSUP} if the
   *     server does not support this before {@link #go}
   */
  public ExportInfo info(String exportName) throws IOException {
    ExportInfoReader oldstyle = opening.oldstyle();
    if (oldstyle != null) {
      return oldstyle.result(List.of(), false);
    }
    String what = OptionNegotiation.describe(Option.INFO, exportName);
    ExportInfoReader reader = new ExportInfoReader(exportName, what);
    run(Option.INFO, ExportInfoReader.request(OptionNegotiation.name(exportName)), what, reader);
    return reader.result(List.of(), structuredReplies());
  }

  /**
   * Returns the meta contexts that the server offers for an export; empty if there are none. A
   * query may also be a pattern of the context's namespace.
   */
  public List<String> metaContexts(String exportName) throws IOException {
    if (!structuredReplies()) {
      return List.of();
    }
    MetaContextReader reader = new MetaContextReader(Integer.MAX_VALUE);
    askMetaContexts(Option.LIST_META_CONTEXT, exportName, List.of(), reader);
    return reader.names();
  }

  /**
   * Selects an export and starts transmission. You cannot use this object afterwards, unless the
   * server refused the export.
   *
   * @return the client, which owns the connection from here on
   * @throws IllegalStateException if an export was selected before
   */
  public NbdClient go(String exportName) throws IOException {
    requireHandshake();
    MetaContextReader contexts = new MetaContextReader(options.metaContexts().size());
    if (structuredReplies() && !options.metaContexts().isEmpty()) {
      askMetaContexts(Option.SET_META_CONTEXT, exportName, options.metaContexts(), contexts);
    }
    ExportInfoReader reader = opening.oldstyle();
    if (reader == null) {
      String what = OptionNegotiation.describe(Option.GO, exportName);
      reader = new ExportInfoReader(exportName, what);
      byte[] name = OptionNegotiation.name(exportName);
      boolean selected = false;
      if (opening.fixed()) {
        try {
          run(Option.GO, ExportInfoReader.request(name), what, reader);
          selected = true;
        } catch (NbdClientException e) {
          if (e.optionReply() != OptionReply.ERR_UNSUP) {
            throw e;
          }
        }
      }
      if (!selected) {
        reader = exportName(exportName, name);
      }
    }
    ExportInfo info;
    try {
      info = reader.result(contexts.names(), structuredReplies());
    } catch (IOException e) {
      connection.close();
      throw e;
    }
    gone = true;
    return new NbdClient(connection, info, protocol(), opening.replies(), contexts.ids(), options);
  }

  /**
   * Selects an export with EXPORT_NAME, for servers without GO. The server sends the export's
   * properties, or disconnects to refuse.
   */
  private ExportInfoReader exportName(String exportName, byte[] name) throws IOException {
    String what = OptionNegotiation.describe(Option.EXPORT_NAME, exportName);
    ExportInfoReader reader = new ExportInfoReader(exportName, what);
    ChannelWatchdog deadline = deadline();
    try {
      opening.negotiation().send(Option.EXPORT_NAME, ByteBuffer.wrap(name));
      reader.size(connection.in().readLong());
      reader.flags(Short.toUnsignedInt(connection.in().readShort()));
      if (!opening.noZeroes()) {
        connection.in().skip(HandshakeStart.RESERVED);
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
    String what = OptionNegotiation.describe(option, exportName);
    ByteBuffer data = MetaContextReader.request(OptionNegotiation.name(exportName), queries);
    try {
      reader.what(what);
      run(option, data, what, reader);
    } catch (NbdClientException e) {
      reader.clear();
      // A server may not support meta contexts. GO reports any other problem.
      if (e.optionReply() == 0) {
        throw e;
      }
    }
  }

  private void run(int option, ByteBuffer data, String what, OptionNegotiation.ReplyHandler handler)
      throws IOException {
    requireHandshake();
    if (!opening.fixed()) {
      throw NbdClientException.option(
          what, OptionReply.ERR_UNSUP, "it speaks only " + opening.protocol() + " NBD");
    }
    ChannelWatchdog deadline = deadline();
    try {
      opening.negotiation().ask(option, data, what, handler);
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

  private void requireHandshake() {
    if (gone) {
      throw new IllegalStateException(
          "the handshake is over: an export was selected; open another connection");
    }
  }

  private ChannelWatchdog deadline() {
    return new ChannelWatchdog(connection.socket(), options.connectTimeout().toMillis());
  }

  private NbdClientException failure(String what, IOException e, ChannelWatchdog deadline) {
    if (deadline.passed()) {
      return NbdClientException.broken(
          what + ": no answer within " + options.connectTimeout().toMillis() + " ms", e);
    }
    return e instanceof NbdClientException known ? known : ConnectionFailures.broken(what, e);
  }

  /** Sends NBD_OPT_ABORT if the handshake is not over, and closes the connection. */
  @Override
  public void close() {
    if (gone || !connection.isOpen()) {
      return;
    }
    try {
      if (opening.fixed()) {
        opening.negotiation().send(Option.ABORT, OptionNegotiation.NOTHING);
      }
    } catch (IOException e) {
      // The server has already disconnected.
    }
    connection.close();
  }
}
