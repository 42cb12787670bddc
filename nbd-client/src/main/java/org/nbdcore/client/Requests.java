package org.nbdcore.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.CommandFlags;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.protocol.TransmissionFlags;
import org.nbdcore.spi.Flags;

/** Creates the requests of calls, and rejects those that the server would refuse. */
final class Requests {

  /** The longest that fits into 32 bits and is a multiple of every minimum block size. */
  private static final long MAX_EFFECT = 0xffff_0000L;

  private static final PendingRequest[] NOTHING = {};

  private final ExportInfo export;
  private final RequestRules check;
  private final boolean extended;

  Requests(ExportInfo export, boolean extended) {
    this.export = export;
    this.extended = extended;
    this.check = new RequestRules(export);
  }

  /**
   * The requests of one call.
   *
   * @param flags the command flags of each part
   * @param parts in order of their offsets; empty if there is nothing to do
   */
  record Plan(int flags, PendingRequest... parts) {}

  int maximumPayload() {
    return check.maximumPayload();
  }

  private static PendingRequest plain(int command, long offset, long length) {
    return new PendingRequest(command, offset, length, null, null, false);
  }

  Plan read(ByteBuffer dst, long offset, boolean unfragmented) throws IOException {
    PendingRequest request =
        new PendingRequest(Command.READ, offset, dst.remaining(), dst.slice(), null, false);
    if (dst.isReadOnly()) {
      throw new IllegalArgumentException(request + " needs a buffer that is not read-only");
    }
    if (unfragmented) {
      check.flagOffered(request, "DF", TransmissionFlags.SEND_DF);
    }
    check.payload(request);
    return plan(request, unfragmented ? CommandFlags.DF : 0);
  }

  Plan write(ByteBuffer src, long offset, Flags flags) throws IOException {
    PendingRequest request = plain(Command.WRITE, offset, src.remaining());
    check.flags(request, flags, Flags.FUA);
    check.writable(request);
    check.payload(request);
    return plan(request, wire(flags));
  }

  private Plan plan(PendingRequest request, int flags) throws IOException {
    return check.range(request) ? new Plan(flags, request) : new Plan(flags, NOTHING);
  }

  Plan flush() throws IOException {
    PendingRequest request = plain(Command.FLUSH, 0, 0);
    check.offered(request, TransmissionFlags.SEND_FLUSH);
    return new Plan(0, request);
  }

  Plan trim(long offset, long length, Flags flags) throws IOException {
    check.writable(plain(Command.TRIM, offset, length));
    return withoutPayload(
        Command.TRIM, offset, length, flags, Flags.FUA, TransmissionFlags.SEND_TRIM);
  }

  Plan zero(long offset, long length, Flags flags) throws IOException {
    check.writable(plain(Command.WRITE_ZEROES, offset, length));
    Flags valid = Flags.FUA.with(Flags.MAY_TRIM).with(Flags.FAST_ZERO);
    return withoutPayload(
        Command.WRITE_ZEROES, offset, length, flags, valid, TransmissionFlags.SEND_WRITE_ZEROES);
  }

  Plan cache(long offset, long length) throws IOException {
    return withoutPayload(
        Command.CACHE, offset, length, Flags.NONE, Flags.NONE, TransmissionFlags.SEND_CACHE);
  }

  Plan blockStatus(long offset, long length, Flags flags) throws IOException {
    int contexts = export.metaContexts().size();
    PendingRequest request =
        new PendingRequest(
            Command.BLOCK_STATUS,
            offset,
            Math.min(length, maximumEffect()),
            null,
            new ExtentArray[contexts],
            flags.has(Flags.REQ_ONE));
    check.flags(request, flags, Flags.REQ_ONE);
    if (contexts == 0) {
      throw RequestRules.refused(
          request, ErrorValue.ENOTSUP, "the server agreed on no meta context");
    }
    return plan(request, wire(flags));
  }

  private static int wire(Flags flags) {
    return (flags.has(Flags.FUA) ? CommandFlags.FUA : 0)
        | (flags.has(Flags.FAST_ZERO) ? CommandFlags.FAST_ZERO : 0)
        | (flags.has(Flags.REQ_ONE) ? CommandFlags.REQ_ONE : 0);
  }

  /** Maximum length of one request without payload. */
  private long maximumEffect() {
    return extended ? Long.MAX_VALUE : MAX_EFFECT;
  }

  private Plan withoutPayload(
      int command, long offset, long length, Flags flags, Flags validFlags, int offered)
      throws IOException {
    PendingRequest whole = plain(command, offset, length);
    check.offered(whole, offered);
    check.flags(whole, flags, validFlags);
    int sent = wire(flags);
    if (command == Command.WRITE_ZEROES && !flags.has(Flags.MAY_TRIM)) {
      sent |= CommandFlags.NO_HOLE;
    }
    if (!check.range(whole)) {
      return new Plan(sent, NOTHING);
    }
    if (length <= maximumEffect()) {
      return new Plan(sent, whole);
    }
    List<PendingRequest> parts = new ArrayList<>();
    for (long done = 0; done < length; ) {
      long step = Math.min(length - done, maximumEffect());
      parts.add(plain(command, offset + done, step));
      done += step;
    }
    return new Plan(sent, parts.toArray(PendingRequest[]::new));
  }
}
