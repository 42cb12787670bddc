package org.nbdcore.filter.rate;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.Session;

/** Delays reads and writes. Forwards requests without data at once. */
final class RateDevice extends PassThroughDevice {

  private final TokenBucket reads;
  private final TokenBucket writes;
  private final TokenBucket ownReads;
  private final TokenBucket ownWrites;
  private final Session session;

  RateDevice(
      BlockDevice next,
      TokenBucket reads,
      TokenBucket writes,
      TokenBucket ownReads,
      TokenBucket ownWrites,
      Session session) {
    super(next);
    this.reads = reads;
    this.writes = writes;
    this.ownReads = ownReads;
    this.ownWrites = ownWrites;
    this.session = session;
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    pace(reads, ownReads, dst.remaining());
    next.read(dst, offset);
  }

  /**
   * Waits after the read, because only then it is known whether the read is zero-copy. The reply
   * has not been sent yet.
   */
  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    boolean accepted = super.readZeroCopy(offset, length, buffers);
    if (accepted) {
      pace(reads, ownReads, length);
    }
    return accepted;
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    pace(writes, ownWrites, src.remaining());
    next.write(src, offset, flags);
  }

  /** Submits reads that need not wait. */
  @Override
  public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
      throws IOException {
    int length = dst.remaining();
    if (!tryTake(reads, ownReads, length)) {
      return false;
    }
    boolean accepted = super.readAsync(dst, offset, completion);
    if (!accepted) {
      refund(reads, ownReads, length); // the blocking call takes them again
    }
    return accepted;
  }

  @Override
  public boolean writeAsync(ByteBuffer src, long offset, Flags flags, CompletionHandler completion)
      throws IOException {
    int length = src.remaining();
    if (!tryTake(writes, ownWrites, length)) {
      return false;
    }
    boolean accepted = super.writeAsync(src, offset, flags, completion);
    if (!accepted) {
      refund(writes, ownWrites, length); // the blocking call takes them again
    }
    return accepted;
  }

  private static boolean tryTake(TokenBucket all, TokenBucket own, long bytes) {
    long now = System.nanoTime();
    if (!all.tryTake(bytes * 8, now)) {
      return false;
    }
    if (own.tryTake(bytes * 8, now)) {
      return true;
    }
    all.refund(bytes * 8);
    return false;
  }

  private static void refund(TokenBucket all, TokenBucket own, long bytes) {
    all.refund(bytes * 8);
    own.refund(bytes * 8);
  }

  private void pace(TokenBucket all, TokenBucket own, long bytes) throws IOException {
    long now = System.nanoTime();
    long wait = Math.max(all.take(bytes * 8, now), own.take(bytes * 8, now));
    if (wait > 0) {
      session.sleep(wait);
    }
  }
}
