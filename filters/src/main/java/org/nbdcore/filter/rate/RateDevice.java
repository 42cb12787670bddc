package org.nbdcore.filter.rate;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Loan;
import org.nbdcore.spi.Session;

/** Makes reads and writes wait; what sends no data over the network passes. */
final class RateDevice extends FilterBlockDevice {

  private final Bucket reads;
  private final Bucket writes;
  private final Bucket ownReads;
  private final Bucket ownWrites;
  private final Session session;

  RateDevice(
      BlockDevice next,
      Bucket reads,
      Bucket writes,
      Bucket ownReads,
      Bucket ownWrites,
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

  /** Waits afterwards: whether anything is lent is not known before, and no reply is sent yet. */
  @Override
  public boolean lend(long offset, long length, Loan loan) throws IOException {
    boolean lent = next.lend(offset, length, loan);
    if (lent) {
      pace(reads, ownReads, length);
    }
    return lent;
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    pace(writes, ownWrites, src.remaining());
    next.write(src, offset, flags);
  }

  private void pace(Bucket all, Bucket own, long bytes) throws IOException {
    long now = System.nanoTime();
    long wait = Math.max(all.take(bytes * 8, now), own.take(bytes * 8, now));
    if (wait > 0) {
      session.sleep(wait);
    }
  }
}
