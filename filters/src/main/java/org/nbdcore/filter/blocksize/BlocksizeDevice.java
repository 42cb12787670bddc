package org.nbdcore.filter.blocksize;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.filter.common.AlignedExtents;
import org.nbdcore.filter.common.Below;
import org.nbdcore.filter.common.RangeLocks;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Completion;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Loan;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;

/**
 * Cuts requests into what the layer below allows. What is aligned and short enough goes straight
 * through; the unaligned ends of anything else take the way of {@link BounceBuffer}.
 *
 * <p>FUA is passed on with every part, so that all of a split request is durable when it returns;
 * where it is emulated by a flush, with the last part only.
 */
final class BlocksizeDevice extends FilterBlockDevice {

  private final BlocksizeLimits limits;
  private final BounceBuffer bounce;
  private final RangeLocks locks;
  private final boolean trims;
  private final Session session;
  private final int least;

  BlocksizeDevice(BlockDevice next, BlocksizeLimits limits, BounceBuffer bounce, Session session)
      throws IOException {
    super(next);
    this.limits = limits;
    this.bounce = bounce;
    this.locks = bounce.locks();
    this.session = session;
    this.trims = next.capabilities().write() && next.capabilities().trim();
    this.least = next.capabilities().blockSizes().minimum();
  }

  @Override
  public long size() throws IOException {
    return limits.down(next.size());
  }

  @Override
  public Capabilities capabilities() throws IOException {
    Capabilities below = next.capabilities();
    int preferred = Math.max(below.blockSizes().preferred(), limits.minBlock());
    return below.withBlockSizes(new BlockSizes(1, preferred, BlockSizes.UNLIMITED));
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    if (passes(offset, dst.remaining())) {
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
        bounce.read(dst, at);
      }
      dst.limit(last).position(upTo);
      at += part;
    }
  }

  /** What is aligned and short enough goes straight through here too. */
  @Override
  public boolean lend(long offset, long length, Loan loan) throws IOException {
    return passes(offset, length) && next.lend(offset, length, loan);
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    int length = src.remaining();
    if (passes(offset, length)) {
      writeBlocks(src, offset, length, flags);
      return;
    }
    int last = src.limit();
    int early = Below.earlyFlags(next, flags);
    long at = offset;
    while (src.position() < last) {
      int part = part(at, last - src.position());
      int upTo = src.position() + part;
      int partFlags = upTo == last ? flags : early;
      src.limit(upTo);
      if (limits.aligned(at, part)) {
        writeBlocks(src, at, part, partFlags);
      } else {
        bounce.write(src, at, part, partFlags);
      }
      src.limit(last).position(upTo);
      at += part;
    }
  }

  private boolean passes(long offset, long length) {
    return length <= limits.maxData() && limits.aligned(offset, length);
  }

  @Override
  public boolean asynchronous() {
    return next.asynchronous();
  }

  @Override
  public boolean beginRead(ByteBuffer dst, long offset, Completion completion) throws IOException {
    return passes(offset, dst.remaining()) && next.beginRead(dst, offset, completion);
  }

  /** Not where {@link #writeBlocks} takes a lock: none may be held by what goes on by itself. */
  @Override
  public boolean beginWrite(ByteBuffer src, long offset, int flags, Completion completion)
      throws IOException {
    return limits.minBlock() == 1
        && passes(offset, src.remaining())
        && next.beginWrite(src, offset, flags, completion);
  }

  /**
   * The length of the next part: all that fits the bounce buffer if it is unaligned, else the ends
   * one block at a time and what lies between in pieces as long as may be.
   */
  private int part(long at, long left) {
    if (!limits.aligned(at, left) && bounce.holds(at, left)) {
      return (int) left;
    }
    long head = limits.up(at) - at;
    if (head > 0) {
      return (int) Math.min(head, left);
    }
    long body = limits.down(left);
    return (int) (body == 0 ? left : Math.min(body, limits.maxData()));
  }

  private void writeBlocks(ByteBuffer src, long offset, int length, int flags) throws IOException {
    if (limits.minBlock() == 1) {
      next.write(src, offset, flags); // nothing is ever unaligned, so nobody reads and writes back
      return;
    }
    RangeLocks.Held held = locks.shared(offset, offset + length);
    try {
      next.write(src, offset, flags);
    } finally {
      locks.release(held);
    }
  }

  /** Whole blocks are trimmed; what sticks out at the ends is left as it is. */
  @Override
  public void trim(long offset, long length, int flags) throws IOException {
    long start = limits.up(offset);
    long end = limits.down(offset + length);
    if (start >= end) {
      if (!trims) {
        throw new NbdException(NbdError.EPERM, "this disk has no trim");
      }
      return;
    }
    RangeLocks.Held held = locks.shared(start, end);
    try {
      int early = Below.earlyFlags(next, flags);
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
  public void zero(long offset, long length, int flags) throws IOException {
    if (!limits.aligned(offset, length) && (flags & Flags.FAST_ZERO) != 0) {
      throw new NbdException(
          NbdError.ENOTSUP,
          "zeroes that do not fill blocks of " + limits.minBlock() + " bytes are not fast");
    }
    long end = offset + length;
    long start = Math.min(limits.up(offset), end);
    int early = Below.earlyFlags(next, flags);
    if (start > offset) {
      bounce.write(
          null, offset, (int) (start - offset), (start == end ? flags : early) & Flags.FUA);
    }
    long bodyEnd = Math.max(limits.down(end), start);
    if (bodyEnd > start) {
      zeroBlocks(start, bodyEnd, early, bodyEnd == end ? flags : early);
    }
    if (end > bodyEnd) {
      bounce.write(null, bodyEnd, (int) (end - bodyEnd), flags & Flags.FUA);
    }
  }

  private void zeroBlocks(long start, long end, int early, int lastFlags) throws IOException {
    RangeLocks.Held held = locks.shared(start, end);
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
  private void zeroRest(long offset, long length, int flags) throws IOException {
    try {
      next.zero(offset, length, flags);
    } catch (NbdException e) {
      if ((flags & Flags.FAST_ZERO) == 0 || e.error() != NbdError.ENOTSUP) {
        throw e;
      }
      next.zero(offset, length, flags & ~Flags.FAST_ZERO);
    }
  }

  @Override
  public void extents(long offset, long length, int flags, ExtentSink sink) throws IOException {
    long start = limits.down(offset);
    long span = Math.min(limits.up(offset + length) - start, limits.maxLen());
    AlignedExtents.collect(next::extents, start, span, flags, least, limits.minBlock(), sink);
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
