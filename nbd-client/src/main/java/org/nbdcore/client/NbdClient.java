package org.nbdcore.client;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.spi.Flags;

/**
 * One connection to an export. Thread-safe: requests of several threads are in flight together.
 *
 * <p>Methods whose name ends in {@code Async} do not wait for the reply; the others block.
 *
 * <p>The client checks each request before it sends it: against the export's size and block sizes,
 * and against the operations that the server offers. A request that the server would refuse fails
 * with the same error, without being sent. A failure with {@link NbdClientException#connectionLost}
 * ends the connection; all other calls then fail too. Do not interrupt a thread in a call: this may
 * close the connection, as with any channel of the JDK.
 *
 * <p>Buffers belong to the caller. Do not touch a buffer during a call; the client does not keep it
 * afterwards. The client fills and sends direct buffers without a copy.
 *
 * <p>The futures of asynchronous calls fail with {@link NbdClientException}. {@link
 * ConnectOptions#executor} completes them, so code that you attach to them may block and may call
 * the client again.
 *
 * <p>Cancelling a future abandons the request. The server may still execute it, but the client
 * skips its reply. While the reply to a read is arriving, {@code cancel} returns false and has no
 * effect; the future then completes soon. Once a future is done, the client no longer touches the
 * buffer. The same is true of {@link CompletableFuture#orTimeout}.
 */
public final class NbdClient implements Closeable {

  private final ClientConnection connection;
  private final RequestMultiplexer transmission;
  private final ExportInfo export;
  private final Requests requests;
  private final Executor completions;
  private final String protocol;
  private final ReplyStyle replies;

  NbdClient(
      ClientConnection connection,
      ExportInfo export,
      String protocol,
      ReplyStyle replies,
      int[] contextIds,
      ConnectOptions options) {
    this.connection = connection;
    this.export = export;
    this.protocol = protocol;
    this.replies = replies;
    this.requests = new Requests(export, replies == ReplyStyle.EXTENDED);
    this.completions = options.executor() == null ? CompletionThread.create() : options.executor();
    this.transmission =
        new RequestMultiplexer(connection, replies, contextIds, options.requestTimeout());
  }

  /** Connects to the export of a URI with the default options. */
  public static NbdClient connect(NbdUri uri) throws IOException {
    return connect(uri, ConnectOptions.defaults());
  }

  /** Connects to the export of a URI. The options' export name is ignored. */
  public static NbdClient connect(NbdUri uri, ConnectOptions options) throws IOException {
    return go(NbdHandshake.open(uri, options), uri.exportName());
  }

  /** Connects to an address (TCP or Unix domain socket) and to the options' export. */
  public static NbdClient connect(SocketAddress address, ConnectOptions options)
      throws IOException {
    return go(NbdHandshake.open(address, options), options.exportName());
  }

  private static NbdClient go(NbdHandshake handshake, String exportName) throws IOException {
    try (handshake) {
      return handshake.go(exportName);
    }
  }

  /** Returns the server's information about the export. */
  public ExportInfo export() {
    return export;
  }

  /** Returns the export's size in bytes. */
  public long size() {
    return export.size();
  }

  /** Returns {@code newstyle-fixed}, {@code newstyle} or {@code oldstyle}. */
  public String protocol() {
    return protocol;
  }

  /** Returns true if the connection is encrypted. */
  public boolean tls() {
    return connection.tls();
  }

  /** Returns true if structured replies were negotiated. */
  public boolean structuredReplies() {
    return replies != ReplyStyle.SIMPLE;
  }

  /** Returns true if extended headers, with 64-bit lengths, were negotiated. */
  public boolean extendedHeaders() {
    return replies == ReplyStyle.EXTENDED;
  }

  /**
   * Returns the maximum length of a read or write, in bytes: the server's limit, otherwise 32 MiB.
   */
  public int maximumPayload() {
    return requests.maximumPayload();
  }

  /**
   * Fills {@code dst} from its position to its limit. On success, the position is at the limit. On
   * failure, the position is unchanged and the content is undefined.
   *
   * @param offset in bytes
   */
  public void read(ByteBuffer dst, long offset) throws IOException {
    call(requests.read(dst, offset, false), null);
    dst.position(dst.limit());
  }

  /**
   * Like {@link #read(ByteBuffer, long)}, but the server must send the data in one piece ({@code
   * NBD_CMD_FLAG_DF}), and holes as zeroes. Fails with ENOTSUP if the server cannot do this.
   */
  public void readUnfragmented(ByteBuffer dst, long offset) throws IOException {
    call(requests.read(dst, offset, true), null);
    dst.position(dst.limit());
  }

  /**
   * Asynchronous form of {@link #read(ByteBuffer, long)}.
   *
   * @param dst belongs to the client until the future is done
   */
  public CompletableFuture<Void> readAsync(ByteBuffer dst, long offset) {
    return submit(() -> requests.read(dst, offset, false), null, () -> dst.position(dst.limit()));
  }

  /** Writes without flags. */
  public void write(ByteBuffer src, long offset) throws IOException {
    write(src, offset, Flags.NONE);
  }

  /**
   * Writes {@code src} from its position to its limit. On success, the position is at the limit. On
   * failure, the position is unchanged.
   *
   * @param offset in bytes
   * @param flags {@link Flags#FUA} or {@link Flags#NONE}
   */
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    call(requests.write(src, offset, flags), src.duplicate());
    src.position(src.limit());
  }

  /**
   * Asynchronous form of {@link #write(ByteBuffer, long, Flags)}. This method sends the data before
   * it returns, so it blocks while the server accepts no data.
   *
   * @param src belongs to the caller again when this returns; its position is its limit then
   */
  public CompletableFuture<Void> writeAsync(ByteBuffer src, long offset, Flags flags) {
    CompletableFuture<Void> written =
        submit(() -> requests.write(src, offset, flags), src.duplicate(), () -> {});
    src.position(src.limit());
    return written;
  }

  /** Makes all writes durable that completed before this call. */
  public void flush() throws IOException {
    call(requests.flush(), null);
  }

  /** Asynchronous form of {@link #flush}. */
  public CompletableFuture<Void> flushAsync() {
    return submit(requests::flush, null, () -> {});
  }

  /**
   * Trims a range, whose content is then undefined. Without extended headers, a range of more than
   * 4 GiB needs several requests.
   *
   * @param flags {@link Flags#FUA} or {@link Flags#NONE}
   */
  public void trim(long offset, long length, Flags flags) throws IOException {
    call(requests.trim(offset, length, flags), null);
  }

  /** Asynchronous form of {@link #trim}. */
  public CompletableFuture<Void> trimAsync(long offset, long length, Flags flags) {
    return submit(() -> requests.trim(offset, length, flags), null, () -> {});
  }

  /**
   * Makes a range read as zeroes. Without extended headers, a range of more than 4 GiB needs
   * several requests.
   *
   * @param flags any of {@link Flags#FUA}, {@link Flags#MAY_TRIM}, {@link Flags#FAST_ZERO}; without
   *     {@code MAY_TRIM} the server allocates the range
   */
  public void zero(long offset, long length, Flags flags) throws IOException {
    call(requests.zero(offset, length, flags), null);
  }

  /** Asynchronous form of {@link #zero}. */
  public CompletableFuture<Void> zeroAsync(long offset, long length, Flags flags) {
    return submit(() -> requests.zero(offset, length, flags), null, () -> {});
  }

  /**
   * Asks the server to prefetch a range that will soon be read. Without extended headers, a range
   * of more than 4 GiB needs several requests.
   */
  public void cache(long offset, long length) throws IOException {
    call(requests.cache(offset, length), null);
  }

  /** Asynchronous form of {@link #cache}. */
  public CompletableFuture<Void> cacheAsync(long offset, long length) {
    return submit(() -> requests.cache(offset, length), null, () -> {});
  }

  /**
   * Requests the extents from {@code offset} on. The server decides how many it reports: at least
   * one for each of {@link ExportInfo#metaContexts}. The last extent may end after the range, but
   * never after the end of the export.
   *
   * @param length in bytes; without extended headers, the client requests at most the first 4 GiB
   * @param flags {@link Flags#REQ_ONE} or {@link Flags#NONE}
   */
  public void blockStatus(long offset, long length, Flags flags, BlockStatusVisitor visitor)
      throws IOException {
    Requests.Plan plan = requests.blockStatus(offset, length, flags);
    call(plan, null);
    visit(plan, visitor);
  }

  /**
   * Asynchronous form of {@link #blockStatus}.
   *
   * @param visitor called before the future is completed, by the thread that completes it
   */
  public CompletableFuture<Void> blockStatusAsync(
      long offset, long length, Flags flags, BlockStatusVisitor visitor) {
    Requests.Plan[] plan = new Requests.Plan[1];
    return submit(
        () -> plan[0] = requests.blockStatus(offset, length, flags),
        null,
        () -> visit(plan[0], visitor));
  }

  private void visit(Requests.Plan plan, BlockStatusVisitor visitor) {
    for (PendingRequest request : plan.parts()) {
      for (int i = 0; i < request.extents().length; i++) {
        visit(export.metaContexts().get(i), request.extents()[i], request.offset, visitor);
      }
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

  private void call(Requests.Plan plan, @Nullable ByteBuffer payload) throws IOException {
    for (PendingRequest part : plan.parts()) {
      transmission.call(part, plan.flags(), payload);
    }
  }

  private interface Planning {
    Requests.Plan plan() throws IOException;
  }

  private CompletableFuture<Void> submit(
      Planning planning, @Nullable ByteBuffer payload, Runnable onSuccess) {
    Requests.Plan plan;
    try {
      plan = planning.plan();
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
    if (plan.parts().length == 0) {
      onSuccess.run();
      return CompletableFuture.completedFuture(null);
    }
    RequestFuture future = new RequestFuture(completions, onSuccess, plan.parts());
    for (PendingRequest part : plan.parts()) {
      transmission.submit(part, plan.flags(), payload);
    }
    return future;
  }

  /**
   * Closes the connection. If no request is in flight, disconnects cleanly (NBD_CMD_DISC).
   * Otherwise the requests in flight fail, as do later ones. Closing again does nothing.
   */
  @Override
  public void close() {
    transmission.close();
  }
}
