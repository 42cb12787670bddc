package org.nbdcore.filter.protect;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.filter.common.ContentComparison;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.BufferPool;

/**
 * Forwards a change after a check that protected bytes keep their contents. Protected bytes never
 * change, so the check stays valid until the request is complete.
 */
final class ProtectDevice extends PassThroughDevice {

  private final ProtectedRanges regions;
  private final ContentComparison contents;
  private final int minimum;

  ProtectDevice(BlockDevice next, ProtectedRanges regions, BufferPool buffers, Session session)
      throws IOException {
    super(next);
    this.regions = regions;
    contents = new ContentComparison(next, buffers, session);
    minimum = next.capabilities().blockSizes().minimum();
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    long end = offset + src.remaining();
    for (int i = regions.after(offset); i < regions.count() && regions.start(i) < end; i++) {
      long from = Math.max(offset, regions.start(i));
      long to = Math.min(end, regions.end(i));
      refuse("write", contents.differs(from, to, src, offset));
    }
    next.write(src, offset, flags);
  }

  /**
   * Submits only writes without protected bytes. Other writes must first be compared with the disk.
   */
  @Override
  public boolean writeAsync(ByteBuffer src, long offset, Flags flags, CompletionHandler completion)
      throws IOException {
    int i = regions.after(offset);
    boolean free = i == regions.count() || regions.start(i) >= offset + src.remaining();
    return free && super.writeAsync(src, offset, flags, completion);
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    checkZero("zero", offset, offset + length);
    next.zero(offset, length, flags);
  }

  /** Trims only unprotected ranges, because the contents of trimmed ranges are undefined. */
  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    long end = offset + length;
    checkZero("trim", offset, end);
    long at = offset;
    for (int i = regions.after(offset); i < regions.count() && regions.start(i) < end; i++) {
      trimBetween(at, regions.start(i), flags);
      at = regions.end(i);
    }
    trimBetween(at, end, flags);
  }

  private void trimBetween(long start, long end, Flags flags) throws IOException {
    long from = Alignment.roundUp(start, minimum);
    long to = Alignment.roundDown(end, minimum);
    if (from < to) {
      next.trim(from, to - from, flags);
    }
  }

  private void checkZero(String operation, long offset, long end) throws IOException {
    for (int i = regions.after(offset); i < regions.count() && regions.start(i) < end; i++) {
      long from = Math.max(offset, regions.start(i));
      refuse(operation, contents.notZero(from, Math.min(end, regions.end(i))));
    }
  }

  private static void refuse(String operation, long where) throws NbdException {
    if (where != ContentComparison.SAME) {
      throw new NbdException(
          NbdError.EPERM,
          "this " + operation + " would change the byte at " + where + ", which is protected");
    }
  }
}
