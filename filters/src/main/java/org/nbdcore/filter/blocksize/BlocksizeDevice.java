package org.nbdcore.filter.blocksize;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.AlignedExtents;
import org.nbdcore.spi.helpers.RangeLocks;
import org.nbdcore.spi.helpers.SplitRequests;
import org.nbdcore.spi.helpers.UnalignedAccess;

/**
 * Splits and aligns requests to the limits of the layer below. Aligned requests that are short
 * enough are forwarded unchanged. Unaligned ends of other requests use {@link UnalignedAccess}.
 *
 * <p>Every part has the FUA flag, so the whole request is durable when it returns. If FUA is
 * emulated by a flush, only the last part has it.
 */
final class BlocksizeDevice extends PassThroughDevice {

  private final BlocksizeLimits limits;
  private final UnalignedAccess unaligned;
  private final RangeLocks locks;
  private final boolean trims;
  private final Session session;
  private final int minimum;

  BlocksizeDevice(
      BlockDevice next, BlocksizeLimits limits, UnalignedAccess unaligned, Session session)
      throws IOException {
    super(next);
    this.limits = limits;
    this.unaligned = unaligned;
    this.locks = unaligned.locks();
    this.session = session;
    this.trims = next.capabilities().write() && next.capabilities().trim();
    this.minimum = next.capabilities().blockSizes().minimum();
  }

  @Override
  public long size() throws IOException {
    return limits.down(next.size());
  }

  @Override
  public Capabilities capabilities() throws IOException {
    Capabilities below = next.capabilities();
    int preferred = Math.max(below.blockSizes().preferred(), limits.minBlock());
    return below.withBlockSizes(BlockSizes.of(1, preferred, BlockSizes.UNLIMITED));
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    if (isForwarded(offset, dst.remaining())) {
      next.read(dst, offset);
      return;
    }
    int last = dst.limit();
    long at = offset;
    while (dst.position() < last) {
      int part = part(at, last - dst.position());
      int upTo = dst.position() + part;
      dst.limit(upTo);
      if (limits.aligned(at, part)) {
        next.read(dst, at);
      } else {
        unaligned.read(dst, at);
      }
      dst.limit(last).position(upTo);
      at += part;
    }
  }

  /** Aligned requests that are short enough are forwarded unchanged here too. */
  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    return isForwarded(offset, length) && super.readZeroCopy(offset, length, buffers);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    int length = src.remaining();
    if (isForwarded(offset, length)) {
      writeBlocks(src, offset, length, flags);
      return;
    }
    int last = src.limit();
    Flags early = SplitRequests.earlyFlags(next, flags);
    long at = offset;
    while (src.position() < last) {
      int part = part(at, last - src.position());
      int upTo = src.position() + part;
      Flags partFlags = upTo == last ? flags : early;
      src.limit(upTo);
      if (limits.aligned(at, part)) {
        writeBlocks(src, at, part, partFlags);
      } else {
        unaligned.write(src, at, partFlags);
      }
      src.limit(last).position(upTo);
      at += part;
    }
  }

  private boolean isForwarded(long offset, long length) {
    return length <= limits.maxData() && limits.aligned(offset, length);
  }

  @Override
  public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
      throws IOException {
    if (isForwarded(offset, dst.remaining())) {
      return super.readAsync(dst, offset, completion);
    }
    return limits.aligned(offset, dst.remaining())
        && SplitRequests.readAsync(next, limits.maxData(), dst, offset, completion);
  }

  /**
   * Submits the parts of a long write in parallel, as for a long read. Declines if {@link
   * #writeBlocks} takes a lock, because an asynchronous request must not hold one.
   */
  @Override
  public boolean writeAsync(ByteBuffer src, long offset, Flags flags, CompletionHandler completion)
      throws IOException {
    if (limits.minBlock() > 1) {
      return false;
    }
    if (isForwarded(offset, src.remaining())) {
      return super.writeAsync(src, offset, flags, completion);
    }
    return SplitRequests.writeAsync(next, limits.maxData(), src, offset, flags, completion);
  }

  /**
   * Length of the next part. If all of the request fits into the bounce buffer, that is one part.
   * Otherwise each unaligned end is a part of one block, and the range between is split into parts
   * of the maximum length.
   */
  private int part(long at, long left) {
    if (!limits.aligned(at, left) && unaligned.fits(at, left)) {
      return (int) left;
    }
    long head = limits.up(at) - at;
    if (head > 0) {
      return (int) Math.min(head, left);
    }
    long body = limits.down(left);
    return (int) (body == 0 ? left : Math.min(body, limits.maxData()));
  }

  private void writeBlocks(ByteBuffer src, long offset, int length, Flags flags)
      throws IOException {
    if (limits.minBlock() == 1) {
      next.write(
          src, offset, flags); // requests are never unaligned, so there is no read-modify-write
      return;
    }
    RangeLocks.RangeLock held = locks.shared(offset, offset + length);
    try {
      next.write(src, offset, flags);
    } finally {
      locks.release(held);
    }
  }

  /** Trims whole blocks; unaligned ends stay unchanged. */
  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    long start = limits.up(offset);
    long end = limits.down(offset + length);
    if (start >= end) {
      if (!trims) {
        throw new NbdException(NbdError.EPERM, "this disk has no trim");
      }
      return;
    }
    RangeLocks.RangeLock held = locks.shared(start, end);
    try {
      Flags early = SplitRequests.earlyFlags(next, flags);
      for (long left = end - start; left > 0; left -= limits.maxLen()) {
        session.requireConnected();
        boolean last = left <= limits.maxLen();
        next.trim(end - left, Math.min(left, limits.maxLen()), last ? flags : early);
      }
    } finally {
      locks.release(held);
    }
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    if (!limits.aligned(offset, length) && flags.has(Flags.FAST_ZERO)) {
      throw new NbdException(
          NbdError.ENOTSUP,
          "zeroes that do not fill blocks of " + limits.minBlock() + " bytes are not fast");
    }
    long end = offset + length;
    long start = Math.min(limits.up(offset), end);
    Flags early = SplitRequests.earlyFlags(next, flags);
    if (start > offset) {
      unaligned.writeZeroes(
          offset, (int) (start - offset), (start == end ? flags : early).only(Flags.FUA));
    }
    long bodyEnd = Math.max(limits.down(end), start);
    if (bodyEnd > start) {
      zeroBlocks(start, bodyEnd, early, bodyEnd == end ? flags : early);
    }
    if (end > bodyEnd) {
      unaligned.writeZeroes(bodyEnd, (int) (end - bodyEnd), flags.only(Flags.FUA));
    }
  }

  private void zeroBlocks(long start, long end, Flags early, Flags lastFlags) throws IOException {
    RangeLocks.RangeLock held = locks.shared(start, end);
    try {
      long first = Math.min(end - start, limits.maxLen());
      next.zero(start, first, start + first == end ? lastFlags : early);
      for (long left = end - start - first; left > 0; left -= limits.maxLen()) {
        session.requireConnected();
        boolean last = left <= limits.maxLen();
        zeroRest(end - left, Math.min(left, limits.maxLen()), last ? lastFlags : early);
      }
    } finally {
      locks.release(held);
    }
  }

  /** ENOTSUP promises that nothing was changed, which is no longer true after the first part. */
  private void zeroRest(long offset, long length, Flags flags) throws IOException {
    try {
      next.zero(offset, length, flags);
    } catch (NbdException e) {
      if (!flags.has(Flags.FAST_ZERO) || e.error() != NbdError.ENOTSUP) {
        throw e;
      }
      next.zero(offset, length, flags.without(Flags.FAST_ZERO));
    }
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    long start = limits.down(offset);
    long span = Math.min(limits.up(offset + length) - start, limits.maxLen());
    AlignedExtents.collect(next::extents, start, span, flags, minimum, limits.minBlock(), sink);
  }

  @Override
  public void metaContextExtents(
      String context, long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    long start = limits.down(offset);
    long span = Math.min(limits.up(offset + length) - start, limits.maxLen());
    super.metaContextExtents(context, start, span, flags, sink);
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    long end = limits.up(offset + length);
    for (long left = end - limits.down(offset); left > 0; left -= limits.maxLen()) {
      session.requireConnected();
      next.cache(end - left, Math.min(left, limits.maxLen()));
    }
  }
}
