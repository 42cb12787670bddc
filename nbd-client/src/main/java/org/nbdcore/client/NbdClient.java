package org.nbdcore.client;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.CommandFlags;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.protocol.TransmissionFlags;

/**
 * One connection to an export. Calls block; any number of threads may call at once, and their
 * requests are in flight together.
 *
 * <p>Requests are checked before they are sent: against the export's size and block sizes, and
 * against what the server offers. A request that the server would refuse fails with the same error,
 * without being sent. A failure with {@link NbdClientException#connectionLost} ends the connection;
 * all other calls fail then, too. Interrupting a thread in a call may close the connection, as with
 * any channel of the JDK.
 *
 * <p>Buffers belong to the caller. During a call it must leave them alone; afterwards nothing here
 * keeps them. Direct buffers are filled and sent without a copy.
 */
public final class NbdClient implements Closeable {

  /** The longest that fits into 32 bits and is a multiple of every minimum block size. */
  private static final long MAX_EFFECT = 0xffff_0000L;

  private final ClientConnection connection;
  private final RequestMultiplexer transmission;
  private final ExportInfo export;
  private final RequestValidator check;
  private final String protocol;
  private final ReplyStyle replies;

  NbdClient(
      ClientConnection connection,
      ExportInfo export,
      String protocol,
      ReplyStyle replies,
      int[] contextIds) {
    this.connection = connection;
    this.export = export;
    this.protocol = protocol;
    this.replies = replies;
    this.check = new RequestValidator(export);
    this.transmission = new RequestMultiplexer(connection, replies, contextIds);
  }

  /** Connects to the export of a URI with the default options. */
  public static NbdClient connect(NbdUri uri) throws IOException {
    return connect(uri, ConnectOptions.defaults());
  }

  /** Connects to the export of a URI; the options' export name is not used. */
  public static NbdClient connect(NbdUri uri, ConnectOptions options) throws IOException {
    return go(NbdHandshake.open(uri, options), uri.exportName());
  }

  /** Connects to an address (TCP or Unix domain socket) and the options' export. */
  public static NbdClient connect(SocketAddress address, ConnectOptions options)
      throws IOException {
    return go(NbdHandshake.open(address, options), options.exportName());
  }

  private static NbdClient go(NbdHandshake handshake, String exportName) throws IOException {
    try (handshake) {
      return handshake.go(exportName);
    }
  }

  /** The server's information about the export. */
  public ExportInfo export() {
    return export;
  }

  /** The export's size in bytes. */
  public long size() {
    return export.size();
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
    return replies != ReplyStyle.SIMPLE;
  }

  /** Whether requests with 64-bit lengths were agreed on. */
  public boolean extendedHeaders() {
    return replies == ReplyStyle.EXTENDED;
  }

  /** Longest effect of one request without payload. */
  private long maximumEffect() {
    return replies == ReplyStyle.EXTENDED ? Long.MAX_VALUE : MAX_EFFECT;
  }

  /** The longest read or write, in bytes: what the server advertised, else 32 MiB. */
  public int maximumPayload() {
    return check.maximumPayload();
  }

  /** Reads without flags. */
  public void read(ByteBuffer dst, long offset) throws IOException {
    read(dst, offset, 0);
  }

  /**
   * Fills {@code dst} from its position to its limit. On success its position is its limit; on
   * failure the position is unchanged and the content undefined.
   *
   * @param offset in bytes
   * @param flags {@link CommandFlags#DF} or 0
   */
  public void read(ByteBuffer dst, long offset, int flags) throws IOException {
    PendingRequest request =
        new PendingRequest(Command.READ, offset, dst.remaining(), dst.slice(), null, false);
    if (dst.isReadOnly()) {
      throw new IllegalArgumentException(request + " needs a buffer that is not read-only");
    }
    check.flags(request, flags, CommandFlags.DF);
    check.payload(request);
    if (check.range(request)) {
      call(request, flags, null);
      dst.position(dst.limit());
    }
  }

  /** Writes without flags. */
  public void write(ByteBuffer src, long offset) throws IOException {
    write(src, offset, 0);
  }

  /**
   * Writes {@code src} from its position to its limit. On success its position is its limit; on
   * failure the position is unchanged.
   *
   * @param offset in bytes
   * @param flags {@link CommandFlags#FUA} or 0
   */
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    PendingRequest request =
        new PendingRequest(Command.WRITE, offset, src.remaining(), null, null, false);
    check.flags(request, flags, CommandFlags.FUA);
    check.writable(request);
    check.payload(request);
    if (check.range(request)) {
      call(request, flags, src.duplicate());
      src.position(src.limit());
    }
  }

  /** Makes all writes durable that were answered before this call. */
  public void flush() throws IOException {
    PendingRequest request = new PendingRequest(Command.FLUSH, 0, 0, null, null, false);
    check.offered(request, TransmissionFlags.SEND_FLUSH);
    call(request, 0, null);
  }

  /**
   * Trims a range that is no longer needed; its contents are undefined afterwards. A range above 4
   * GiB takes several requests without extended headers.
   *
   * @param flags {@link CommandFlags#FUA} or 0
   */
  public void trim(long offset, long length, int flags) throws IOException {
    check.writable(new PendingRequest(Command.TRIM, offset, length, null, null, false));
    withoutPayload(
        Command.TRIM, offset, length, flags, CommandFlags.FUA, TransmissionFlags.SEND_TRIM);
  }

  /**
   * Makes a range read as zeroes. A range above 4 GiB takes several requests without extended
   * headers.
   *
   * @param flags any of {@link CommandFlags#FUA}, {@link CommandFlags#NO_HOLE}, {@link
   *     CommandFlags#FAST_ZERO}
   */
  public void zero(long offset, long length, int flags) throws IOException {
    check.writable(new PendingRequest(Command.WRITE_ZEROES, offset, length, null, null, false));
    int valid = CommandFlags.FUA | CommandFlags.NO_HOLE | CommandFlags.FAST_ZERO;
    withoutPayload(
        Command.WRITE_ZEROES, offset, length, flags, valid, TransmissionFlags.SEND_WRITE_ZEROES);
  }

  /**
   * Announces that a range will soon be read. A range above 4 GiB takes several requests without
   * extended headers.
   */
  public void cache(long offset, long length) throws IOException {
    withoutPayload(Command.CACHE, offset, length, 0, 0, TransmissionFlags.SEND_CACHE);
  }

  /**
   * Asks for extents from {@code offset} on. The server decides how much it reports: at least one
   * extent for each of {@link ExportInfo#metaContexts}, and the last may go beyond the range,
   * though never beyond the export.
   *
   * @param length in bytes; of more than 4 GiB only the first 4 GiB are asked for without extended
   *     headers
   * @param flags {@link CommandFlags#REQ_ONE} or 0
   */
  public void blockStatus(long offset, long length, int flags, BlockStatusVisitor visitor)
      throws IOException {
    int contexts = export.metaContexts().size();
    PendingRequest request =
        new PendingRequest(
            Command.BLOCK_STATUS,
            offset,
            Math.min(length, maximumEffect()),
            null,
            new ExtentArray[contexts],
            (flags & CommandFlags.REQ_ONE) != 0);
    check.flags(request, flags, CommandFlags.REQ_ONE);
    if (contexts == 0) {
      throw RequestValidator.refused(
          request, ErrorValue.ENOTSUP, "the server agreed on no meta context");
    }
    if (!check.range(request)) {
      return;
    }
    call(request, flags, null);
    for (int i = 0; i < contexts; i++) {
      visit(export.metaContexts().get(i), request.extents[i], offset, visitor);
    }
  }

  private void visit(String context, ExtentArray list, long offset, BlockStatusVisitor visitor) {
    long at = offset;
    for (int i = 0; i < list.count() && at < export.size(); i++) {
      long length = Math.min(list.length(i), export.size() - at);
      visitor.extent(context, at, length, list.flags(i));
      at += length;
    }
  }

  private void withoutPayload(
      int command, long offset, long length, int flags, int validFlags, int offered)
      throws IOException {
    PendingRequest whole = new PendingRequest(command, offset, length, null, null, false);
    check.offered(whole, offered);
    check.flags(whole, flags, validFlags);
    if (!check.range(whole)) {
      return;
    }
    for (long done = 0; done < length; ) {
      long step = Math.min(length - done, maximumEffect());
      call(new PendingRequest(command, offset + done, step, null, null, false), flags, null);
      done += step;
    }
  }

  private void call(PendingRequest request, int flags, ByteBuffer payload) throws IOException {
    transmission.call(request, flags, payload);
    if (request.error != 0) {
      throw NbdClientException.request(request.toString(), request.error, request.serverMessage);
    }
  }

  /**
   * Closes the connection, politely if no request is in flight. Requests in flight fail; further
   * ones, too. Closing again does nothing.
   */
  @Override
  public void close() {
    transmission.close();
  }
}
