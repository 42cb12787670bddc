package org.nbdcore.server.handshake;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nbdcore.log.ServerLog;
import org.nbdcore.protocol.HandshakeFlags;
import org.nbdcore.protocol.Limits;
import org.nbdcore.protocol.Magic;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.server.export.Admission;
import org.nbdcore.server.export.ConnectionSession;
import org.nbdcore.server.export.NegotiatedOptions;
import org.nbdcore.server.export.OpenExport;
import org.nbdcore.server.export.SelectedContexts;
import org.nbdcore.server.failure.ClientDisconnectedException;
import org.nbdcore.server.failure.ClientRejectedException;
import org.nbdcore.server.failure.Failures;
import org.nbdcore.server.tls.Tls;
import org.nbdcore.server.wire.TlsWire;
import org.nbdcore.spi.Export;

/**
 * The fixed newstyle handshake of one connection: processes options until the client has selected
 * an export.
 */
public final class Handshake implements Closeable {

  /** Maximum number of options; no legitimate client sends more. */
  private static final int MAX_OPTIONS = 256;

  /**
   * Maximum length of option data that is skipped if it is too long. With longer data, the client
   * is disconnected.
   */
  private static final long MAX_SKIPPED = 1 << 24;

  private final HandshakeSettings settings;
  private final HandshakeWire wire;
  private final ConnectionSession session;
  private final ExportSelection choice;
  private final ContextSelection contexts;
  private final boolean fixedNewstyle;
  private boolean noZeroes;
  private boolean structured;
  private boolean extended;

  /**
   * Prepares the handshake of a connection.
   *
   * @param admission enters the chain that the client selects; the caller leaves it
   */
  public Handshake(
      HandshakeSettings settings,
      HandshakeWire wire,
      ConnectionSession session,
      Admission admission) {
    this.settings = settings;
    this.wire = wire;
    this.session = session;
    choice = new ExportSelection(settings, wire, session, admission);
    contexts = new ContextSelection(choice);
    fixedNewstyle = (settings.handshakeMask() & HandshakeFlags.FIXED_NEWSTYLE) != 0;
  }

  /**
   * Runs the handshake.
   *
   * @return the selected export, which the caller must close, or null if the client ended the
   *     session
   * @throws IOException if the connection must be closed
   */
  public OpenExport run() throws IOException {
    if (settings.oldstyle()) {
      return OldstyleHandshake.run(wire, choice);
    }
    int offered =
        settings.handshakeMask() & (HandshakeFlags.FIXED_NEWSTYLE | HandshakeFlags.NO_ZEROES);
    wire.putLong(Magic.NBDMAGIC);
    wire.putLong(Magic.IHAVEOPT);
    wire.putShort(offered);
    int answered = wire.getInt();
    if ((answered & ~offered) != 0) {
      throw new ClientRejectedException(
          "it sent handshake flags that were not offered: 0x" + Integer.toHexString(answered));
    }
    noZeroes = (answered & HandshakeFlags.NO_ZEROES) != 0;
    for (int i = 0; i < MAX_OPTIONS; i++) {
      OpenExport chosen = option();
      if (chosen != null) {
        wire.flush();
        // only now: if the client has left in the meantime, close() closes the device
        return choice.take();
      }
      if (aborted) {
        wire.flush();
        return null;
      }
    }
    wire.flush();
    throw new ClientRejectedException("it sent more than " + MAX_OPTIONS + " options");
  }

  private boolean aborted;

  /** The negotiated options; valid once an export is selected. */
  public NegotiatedOptions negotiated(OpenExport chosen) {
    boolean chunks = structured || extended;
    return new NegotiatedOptions(
        chunks, extended, chunks ? contexts.of(chosen) : SelectedContexts.NONE);
  }

  private OpenExport option() throws IOException {
    if (wire.getLong() != Magic.IHAVEOPT) {
      throw new ClientRejectedException(
          "it broke the protocol: an option has a wrong magic number");
    }
    int option = wire.getInt();
    long length = wire.getInt() & 0xffff_ffffL;
    if (!fixedNewstyle && option != Option.EXPORT_NAME) {
      throw new ClientRejectedException(
          "it sent an option other than EXPORT_NAME in plain newstyle");
    }
    if (length > OptionPayload.MAX) {
      if (length > MAX_SKIPPED || option == Option.EXPORT_NAME) {
        throw new ClientRejectedException("it sent an option of " + length + " bytes");
      }
      wire.skip(length);
      if (option == Option.SET_META_CONTEXT) {
        contexts.clear();
      }
      wire.putReply(option, OptionReply.ERR_TOO_BIG, "the option is longer than 64K");
      return null;
    }
    OptionPayload data = new OptionPayload(wire.getBytes((int) length));
    try {
      return answer(option, data);
    } catch (InvalidOptionException e) {
      if (option == Option.EXPORT_NAME) {
        throw new ClientRejectedException(
            "its option EXPORT_NAME is refused: " + e.getMessage(), e);
      }
      wire.putReply(option, OptionReply.ERR_INVALID, e.getMessage());
      return null;
    }
  }

  private OpenExport answer(int option, OptionPayload data)
      throws IOException, InvalidOptionException {
    if (tlsMissing() && option != Option.STARTTLS && option != Option.ABORT) {
      if (option == Option.EXPORT_NAME) {
        throw new ClientRejectedException("it did not start TLS, which this server requires");
      }
      wire.putReply(option, OptionReply.ERR_TLS_REQD, "this server requires TLS");
      return null;
    }
    switch (option) {
      case Option.EXPORT_NAME -> {
        return exportName(data);
      }
      case Option.GO -> {
        return info(option, data);
      }
      case Option.INFO -> info(option, data);
      case Option.ABORT -> {
        wire.putReply(option, OptionReply.ACK, 0);
        aborted = true;
      }
      case Option.LIST -> list(data);
      case Option.STRUCTURED_REPLY -> structuredReply(data);
      case Option.EXTENDED_HEADERS -> extendedHeaders(data);
      case Option.LIST_META_CONTEXT, Option.SET_META_CONTEXT -> metaContext(option, data);
      case Option.STARTTLS -> startTls(data);
      default ->
          wire.putReply(
              option,
              OptionReply.ERR_UNSUP,
              "option " + Integer.toUnsignedString(option) + " is not known here");
    }
    return null;
  }

  private boolean tlsMissing() {
    return !choice.tls() && settings.tls().map(Tls::required).orElse(false);
  }

  private void startTls(OptionPayload data) throws IOException, InvalidOptionException {
    data.end();
    Optional<Tls> tls = settings.tls();
    if (tls.isEmpty()) {
      wire.putReply(Option.STARTTLS, OptionReply.ERR_POLICY, "this server has TLS turned off");
      return;
    }
    if (choice.tls()) {
      throw new InvalidOptionException("TLS has been started already");
    }
    wire.putReply(Option.STARTTLS, OptionReply.ACK, 0);
    TlsWire encrypted = wire.encrypt(tls.get().codecs().create());
    session.setPrincipal(encrypted.principal(), encrypted.issuer());
    // options negotiated in plain text are void (protocol, NBD_OPT_STARTTLS)
    structured = false;
    extended = false;
    contexts.clear();
    choice.encrypted();
  }

  private OpenExport exportName(OptionPayload data) throws IOException, InvalidOptionException {
    if (extended) {
      throw new ClientRejectedException("it sent EXPORT_NAME after EXTENDED_HEADERS");
    }
    OpenExport export = opened(data.rest());
    wire.putLong(export.size);
    wire.putShort(export.transmissionFlags(negotiated(export)));
    if (!noZeroes) {
      wire.putBytes(new byte[OldstyleHandshake.RESERVED]);
    }
    return export;
  }

  /**
   * Opens an export for an option that has no error reply: on failure, the client is disconnected.
   */
  private OpenExport opened(String asked) throws IOException {
    try {
      return choice.open(choice.resolve(asked));
    } catch (ClientDisconnectedException e) {
      throw e;
    } catch (IOException e) {
      String why =
          "opening the export '" + ExportSelection.shown(asked) + "': " + Failures.message(e);
      throw session.connected() ? new ClientRejectedException(why, e) : e;
    }
  }

  private void list(OptionPayload data) throws IOException, InvalidOptionException {
    data.end();
    List<Export> exports;
    try {
      exports = choice.list();
    } catch (ClientDisconnectedException e) {
      throw e;
    } catch (IOException | RuntimeException | LinkageError e) {
      refuse(Option.LIST, OptionReply.ERR_PLATFORM, "listing the exports", e);
      return;
    }
    for (Export export : exports) {
      byte[] name = HandshakeWire.utf8(export.name());
      if (name.length > Limits.MAX_STRING) {
        ServerLog.LOG.warn(
            "the list omits an export whose name has "
                + name.length
                + " bytes; NBD allows "
                + Limits.MAX_STRING);
        continue;
      }
      byte[] description = Failures.wireText(export.description());
      wire.putReply(
          Option.LIST, OptionReply.SERVER, Integer.BYTES + name.length + description.length);
      wire.putInt(name.length);
      wire.putBytes(name);
      wire.putBytes(description);
    }
    wire.putReply(Option.LIST, OptionReply.ACK, 0);
  }

  private void structuredReply(OptionPayload data) throws IOException, InvalidOptionException {
    data.end();
    if (!settings.structuredReplies()) {
      wire.putReply(
          Option.STRUCTURED_REPLY, OptionReply.ERR_UNSUP, "structured replies are turned off");
      return;
    }
    if (extended) {
      wire.putReply(
          Option.STRUCTURED_REPLY,
          OptionReply.ERR_EXT_HEADER_REQD,
          "structured replies are not available, because the client has negotiated extended headers");
      return;
    }
    structured = true;
    wire.putReply(Option.STRUCTURED_REPLY, OptionReply.ACK, 0);
  }

  private void extendedHeaders(OptionPayload data) throws IOException, InvalidOptionException {
    if (!settings.extendedHeaders()) {
      wire.putReply(
          Option.EXTENDED_HEADERS, OptionReply.ERR_UNSUP, "extended headers are not turned on");
      return;
    }
    data.end();
    extended = true;
    wire.putReply(Option.EXTENDED_HEADERS, OptionReply.ACK, 0);
  }

  private void metaContext(int option, OptionPayload data)
      throws IOException, InvalidOptionException {
    boolean set = option == Option.SET_META_CONTEXT;
    if (set) {
      contexts.clear(); // the previous selection is void even if this one fails
    }
    if (!settings.metaContexts()) {
      wire.putReply(option, OptionReply.ERR_UNSUP, "meta contexts are turned off");
      return;
    }
    if (!structured && !extended) {
      throw new InvalidOptionException("meta contexts need structured replies, to be chosen first");
    }
    String name = data.string();
    long queries = data.number32();
    List<String> wanted = new ArrayList<>();
    for (long i = 0; i < queries; i++) {
      String query = data.string();
      if (query.indexOf(':') < 0) {
        throw new InvalidOptionException(
            "the query '" + query + "' has no colon after its namespace");
      }
      wanted.add(query);
    }
    data.end();
    List<String> found = set ? contexts.named(name, wanted) : contexts.list(name, wanted);
    if (set && !found.isEmpty()) {
      try {
        contexts.select(choice.resolve(name), found);
      } catch (IOException | RuntimeException | LinkageError e) {
        refuse(option, OptionReply.ERR_PLATFORM, "finding the default export", e);
        return;
      }
    }
    for (int i = 0; i < found.size(); i++) {
      byte[] context = HandshakeWire.utf8(found.get(i));
      wire.putReply(option, OptionReply.META_CONTEXT, Integer.BYTES + context.length);
      wire.putInt(set ? SelectedContexts.id(i) : 0);
      wire.putBytes(context);
    }
    wire.putReply(option, OptionReply.ACK, 0);
  }

  private OpenExport info(int option, OptionPayload data)
      throws IOException, InvalidOptionException {
    String asked = data.string();
    List<Integer> infos = new ArrayList<>();
    for (int left = data.number16(); left > 0; left--) {
      infos.add(data.number16());
    }
    data.end();
    OpenExport export;
    try {
      export = choice.open(choice.resolve(asked));
    } catch (ClientDisconnectedException e) {
      throw e;
    } catch (IOException | RuntimeException | LinkageError e) {
      refuse(
          option,
          OptionReply.ERR_UNKNOWN,
          "opening the export '" + ExportSelection.shown(asked) + "'",
          e);
      return null;
    }
    InfoReplies.put(wire, option, export, export.transmissionFlags(negotiated(export)), infos);
    wire.putReply(option, OptionReply.ACK, 0);
    return option == Option.INFO ? null : export;
  }

  /** Replies to an option with an error, and logs it. The handshake continues. */
  private void refuse(int option, int reply, String what, Throwable failure) throws IOException {
    String message = Failures.message(failure);
    int kind = failure instanceof ClientRejectedException ? OptionReply.ERR_POLICY : reply;
    if (!session.connected()) {
      ServerLog.LOG.debug(() -> what + " failed after the client had disconnected: " + message);
    } else if (!(failure instanceof IOException)) {
      ServerLog.LOG.error(what + ": " + failure, failure);
    } else {
      ServerLog.LOG.error(what + ": " + message);
    }
    wire.putReply(option, kind, message);
  }

  /** Closes a device that the client did not select. */
  @Override
  public void close() {
    choice.close();
  }
}
