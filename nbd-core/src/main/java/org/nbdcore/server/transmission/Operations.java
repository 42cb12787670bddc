package org.nbdcore.server.transmission;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.log.ServerLog;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.CommandFlags;
import org.nbdcore.server.export.NegotiatedOptions;
import org.nbdcore.server.export.OpenExport;
import org.nbdcore.server.export.RequestLocks;
import org.nbdcore.server.export.SelectedContexts;
import org.nbdcore.server.failure.Failures;
import org.nbdcore.server.memory.ReplyBuffers;
import org.nbdcore.spi.AsyncBlockDevice;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.MetaContextDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.ZeroCopyReadable;

/**
 * Executes validated requests on the chain. One object for each connection, shared by its threads.
 */
final class Operations {

  /**
   * Maximum extents in a reply to a block status request. The protocol recommends fewer than 2^20.
   */
  private static final int MAX_EXTENTS = 1 << 16;

  /**
   * The longest range that a request, or the extents of a reply, can express without extended
   * headers; and its aligned part.
   */
  private static final long COMPACT = 0xffff_ffffL;

  private static final long ALIGNED_COMPACT = 0xffff_0000L;

  private final BlockDevice device;
  private final AsyncBlockDevice async; // null if the device is not asynchronous
  private final ZeroCopyReadable zeroCopy; // null if the device has no zero-copy reads
  private final boolean knowsExtents;
  private final MetaContextDevice metaContexts; // null if the device has no own meta contexts
  private final SelectedContexts contexts;
  private final long size;
  private final long longestStatus; // maximum bytes that one reply can describe
  private final RequestLocks locks;
  private final RequestReporter reporter;

  Operations(OpenExport export, NegotiatedOptions negotiated, RequestReporter reporter) {
    device = export.data;
    async = device instanceof AsyncBlockDevice capable ? capable : null;
    zeroCopy = device instanceof ZeroCopyReadable capable ? capable : null;
    knowsExtents = export.capabilities.extents();
    metaContexts = device instanceof MetaContextDevice owner ? owner : null;
    contexts = negotiated.contexts();
    size = export.size;
    longestStatus = negotiated.extended() ? Long.MAX_VALUE : ALIGNED_COMPACT;
    locks = export.locks;
    this.reporter = reporter;
  }

  /**
   * Executes the request. A failure is stored in the request and logged.
   *
   * @param data buffer of a read or write, from position to limit. Null for other requests, and for
   *     a read that prefers zero-copy buffers
   */
  void perform(Request request, ByteBuffer data) {
    int start = data == null ? 0 : data.position();
    locks.enter();
    try {
      call(request, data);
    } catch (IOException e) {
      failed(request, progress(data, start), e);
      ServerLog.LOG.error(described(request));
    } catch (RuntimeException | Error e) {
      // an error in a plugin or filter must not end the server
      failed(request, progress(data, start), e);
      ServerLog.LOG.error(describe(request) + ": " + e, e);
    } finally {
      locks.exit();
    }
    boolean declined = // the caller then repeats the read with a buffer
        data == null
            && request.type == Command.READ
            && request.error == 0
            && request.buffers.length() == 0;
    if (!declined) {
      reporter.completed(request);
    }
  }

  /** True if the device has zero-copy reads. */
  boolean hasZeroCopy() {
    return zeroCopy != null;
  }

  /** True if the device currently prefers asynchronous requests. */
  boolean prefersAsync() {
    return async != null && locks.none() && async.prefersAsync();
  }

  /**
   * Submits an asynchronous read or write with the request's slab.
   *
   * @return false if the device declines; then call {@link #perform}. If true, call {@link #finish}
   *     after the completion
   * @throws IOException if it failed at once; then there is no completion
   */
  boolean submit(Request request) throws IOException {
    ByteBuffer data = request.slab.view(0, (int) request.length);
    OneShotCompletion ticket = new OneShotCompletion(request);
    boolean accepted;
    try {
      accepted =
          request.type == Command.READ
              ? async.readAsync(data, request.offset, ticket)
              : async.writeAsync(data, request.offset, fua(request), ticket);
    } catch (IOException | RuntimeException | Error e) {
      if (ticket.withdraw()) {
        throw e;
      }
      return true; // it is already complete, and its reply is being sent
    }
    return accepted || !ticket.withdraw();
  }

  private static Flags fua(Request request) {
    return (request.flags & CommandFlags.FUA) != 0 ? Flags.FUA : Flags.NONE;
  }

  /**
   * Asks for the result of an asynchronous request. A failure is stored in the request and logged.
   */
  void finish(Request request) {
    try {
      request.takeResult().join();
    } catch (IOException e) {
      failed(request, 0, e);
      ServerLog.LOG.error(described(request));
    } catch (RuntimeException | Error e) {
      failed(request, 0, e);
      ServerLog.LOG.error(describe(request) + ": " + e, e);
    }
    reporter.completed(request);
  }

  private void call(Request request, ByteBuffer data) throws IOException {
    long offset = request.offset;
    long length = request.length;
    Flags fua = fua(request);
    switch (request.type) {
      case Command.READ -> {
        if (data == null) {
          readZeroCopy(request);
          return;
        }
        int end = data.limit();
        device.read(data, offset);
        checkFilled(data, end);
      }
      case Command.WRITE -> device.write(data, offset, fua);
      case Command.FLUSH -> device.flush();
      case Command.TRIM -> device.trim(offset, length, fua);
      case Command.CACHE -> device.cache(offset, length);
      case Command.WRITE_ZEROES -> device.zero(offset, length, zeroFlags(request));
      case Command.BLOCK_STATUS -> request.statuses = statuses(request);
      default -> throw new AssertionError("unchecked request type " + request.type);
    }
  }

  private Extents[] statuses(Request request) throws IOException {
    Extents[] statuses = new Extents[contexts.size()];
    boolean one = (request.flags & CommandFlags.REQ_ONE) != 0;
    int most = one ? 1 : MAX_EXTENTS / statuses.length;
    long offset = request.offset;
    long length = statusLength(request.length);
    // the last extent may end after the range, unless the client set REQ_ONE
    long end = offset + (one ? length : Math.min(size - offset, longestStatus));
    for (int i = 0; i < statuses.length; i++) {
      if ((request.contexts & 1 << i) != 0) {
        statuses[i] = new Extents(offset, length, most).acceptUntil(end);
        status(i, offset, length, one ? Flags.REQ_ONE : Flags.NONE, statuses[i]);
        if (statuses[i].size() == 0) {
          throw new NbdException(
              NbdError.EIO, "the disk reported no extents for " + contexts.name(i));
        }
        if (contexts.isBaseAllocation(i)) {
          reporter.extents(statuses[i]);
        }
      }
    }
    return statuses;
  }

  /**
   * The length to query from the device. A client that requests the longest expressible range does
   * not need its unaligned end: its next request begins where the reply ends.
   */
  private static long statusLength(long asked) {
    return asked > ALIGNED_COMPACT && asked <= COMPACT ? ALIGNED_COMPACT : asked;
  }

  private void status(int context, long offset, long length, Flags flags, Extents extents)
      throws IOException {
    if (!contexts.isBaseAllocation(context)) {
      if (metaContexts == null) {
        throw new NbdException(
            NbdError.EINVAL, "the disk has no meta context " + contexts.name(context));
      }
      metaContexts.metaContextExtents(contexts.name(context), offset, length, flags, extents);
    } else if (knowsExtents) {
      device.extents(offset, length, flags, extents);
    } else {
      extents.add(offset, length, ExtentSink.DATA);
    }
  }

  /**
   * Fails if a read did not fill the buffer, because the rest of the memory may contain data of
   * another client.
   */
  private static void checkFilled(ByteBuffer data, int end) throws NbdException {
    if (data.position() != end || data.limit() != end) {
      boolean moved = data.limit() != end;
      data.limit(end).position(Math.min(data.position(), end)); // the bytes that were read
      throw new NbdException(
          NbdError.EIO,
          moved
              ? "the disk has changed the limit of the buffer of a read"
              : "the device did not fill the buffer of a read");
    }
  }

  /** Tries a zero-copy read. If it succeeds, the request's buffers contain the data. */
  private void readZeroCopy(Request request) throws IOException {
    ReplyBuffers buffers = request.buffers;
    buffers.begin(request.length);
    boolean accepted = false;
    try {
      accepted = zeroCopy != null && zeroCopy.readZeroCopy(request.offset, request.length, buffers);
      if (accepted && buffers.length() != request.length) {
        accepted = false;
        throw new NbdException(
            NbdError.EIO, "the zero-copy read added " + buffers.length() + " bytes");
      }
    } finally {
      if (!accepted) {
        buffers.clear(); // ignore bytes that were added before the device declined
      }
    }
  }

  /** Flushes the device before a stopping server closes it. */
  void lastFlush() {
    locks.enter();
    try {
      device.flush();
    } catch (IOException | RuntimeException | Error e) {
      ServerLog.LOG.error("the last flush failed: " + Failures.message(e));
    } finally {
      locks.exit();
    }
  }

  private static Flags zeroFlags(Request request) {
    boolean mayTrim = (request.flags & CommandFlags.NO_HOLE) == 0;
    boolean fast = (request.flags & CommandFlags.FAST_ZERO) != 0;
    Flags flags = mayTrim ? fua(request).with(Flags.MAY_TRIM) : fua(request);
    return fast ? flags.with(Flags.FAST_ZERO) : flags;
  }

  /**
   * Progress of a call. The buffer's limit is not reliable, because layers set it for parts of the
   * request.
   */
  private static int progress(ByteBuffer data, int start) {
    return data == null ? 0 : data.position() - start;
  }

  private static void failed(Request request, int progress, Throwable failure) {
    NbdError error = Failures.error(failure);
    boolean fast =
        request.type == Command.WRITE_ZEROES && (request.flags & CommandFlags.FAST_ZERO) != 0;
    if (error == NbdError.ENOTSUP && !fast) {
      error = NbdError.EINVAL; // the protocol reserves ENOTSUP for fast zeroes
    }
    String message = Failures.message(failure);
    int done = request.type == Command.READ ? progress : 0;
    if (done > 0 && done < request.length) {
      request.fail(error.wireValue(), message, request.offset + done);
    } else {
      request.fail(error.wireValue(), message);
    }
  }

  /**
   * The request and the reason of its failure. A layer's message may already begin with the
   * request.
   */
  private static String described(Request request) {
    String what = describe(request);
    return request.message.startsWith(what) ? request.message : what + ": " + request.message;
  }

  private static String describe(Request request) {
    String what =
        switch (request.type) {
          case Command.READ -> "read";
          case Command.WRITE -> "write";
          case Command.FLUSH -> "flush";
          case Command.TRIM -> "trim";
          case Command.CACHE -> "cache";
          case Command.WRITE_ZEROES -> "zero";
          default -> "block status";
        };
    return what + " of " + request.length + " bytes at " + request.offset;
  }
}
