package org.nbdcore.plugin.compose;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;

/**
 * Several disks, one after the other, with fixed bytes or zeroes between them. Fixed regions accept
 * only writes of their own contents.
 */
final class JoinedDevice implements BlockDevice {

  /** The action for a part of a request. */
  private interface Action {
    /** {@code from} counts from the start of the region. */
    void on(JoinedRegion region, long from, long length) throws IOException;
  }

  private final JoinedRegion[] regions;
  private final Capabilities capabilities;

  /**
   * Creates the device.
   *
   * @param regions contiguous, the first at offset 0; this device owns their devices
   */
  JoinedDevice(List<JoinedRegion> regions) throws IOException {
    this.regions = regions.toArray(new JoinedRegion[0]);
    this.capabilities = common();
  }

  /** The capabilities that all devices have. Fixed regions support everything. */
  private Capabilities common() throws IOException {
    boolean write = true;
    boolean flush = true;
    boolean trim = true;
    boolean fastZero = true;
    boolean nativeZero = true;
    boolean nativeFua = true;
    boolean extents = false;
    for (JoinedRegion region : regions) {
      if (region.device() != null) {
        Capabilities one = region.device().capabilities();
        write &= one.write();
        flush &= one.flush();
        trim &= one.trim();
        fastZero &= one.fastZero();
        nativeZero &= one.zero() == Support.NATIVE;
        nativeFua &= one.fua() == Support.NATIVE;
        extents |= one.extents();
      }
    }
    Capabilities reading =
        Capabilities.readOnly().withExtents(extents).withCache(Support.EMULATE).withMultiConn(true);
    if (!write) {
      return reading;
    }
    return reading
        .withWrite(true)
        .withFlush(flush)
        .withTrim(trim)
        .withZero(nativeZero ? Support.NATIVE : Support.EMULATE)
        .withFastZero(nativeZero && fastZero)
        .withFua(nativeFua ? Support.NATIVE : flush ? Support.EMULATE : Support.NONE);
  }

  @Override
  public long size() {
    return regions.length == 0 ? 0 : regions[regions.length - 1].end();
  }

  @Override
  public Capabilities capabilities() {
    return capabilities;
  }

  /** The region that holds a byte. */
  private int find(long offset) {
    int low = 0;
    int high = regions.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (regions[middle].start() <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private void each(long offset, long length, Action action) throws IOException {
    long end = offset + length;
    int i = find(offset);
    for (long at = offset; at < end; i++) {
      long stop = Math.min(end, regions[i].end());
      action.on(regions[i], at - regions[i].start(), stop - at);
      at = stop;
    }
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    int end = dst.limit();
    each(
        offset,
        dst.remaining(),
        (region, from, length) -> {
          dst.limit(dst.position() + (int) length);
          if (region.device() != null) {
            region.device().read(dst, from);
          } else {
            for (long at = from; dst.hasRemaining(); at++) {
              dst.put(region.at(at));
            }
          }
          dst.limit(end);
        });
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    needWrite();
    int end = src.limit();
    int start = src.position();
    checkFixed(src, start, offset, end - start);
    each(
        offset,
        end - start,
        (region, from, length) -> {
          int at = start + (int) (region.start() + from - offset);
          src.limit(at + (int) length).position(at);
          if (region.device() != null) {
            region.device().write(src, from, flags);
          }
          src.limit(end);
        });
    src.position(end);
  }

  /** Fails before the first write if a part of the range cannot be written. */
  private void checkFixed(ByteBuffer src, int start, long offset, long length) throws IOException {
    each(
        offset,
        length,
        (region, from, part) -> {
          for (long i = 0; region.device() == null && i < part; i++) {
            int at = start + (int) (region.start() + from + i - offset);
            if (src.get(at) != region.at(from + i)) {
              throw fixed(region.start() + from + i);
            }
          }
        });
  }

  private static NbdException fixed(long offset) {
    return new NbdException(
        NbdError.EIO,
        "the byte at "
            + offset
            + " belongs to the partition table or lies between partitions, and cannot be changed");
  }

  private void needWrite() throws NbdException {
    if (!capabilities.write()) {
      throw new NbdException(NbdError.EPERM, "this disk is read-only");
    }
  }

  @Override
  public void flush() throws IOException {
    needWrite();
    for (JoinedRegion region : regions) {
      if (region.device() != null) {
        region.device().flush();
      }
    }
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    needWrite();
    each(
        offset,
        length,
        (region, from, part) -> {
          if (region.device() != null) {
            region.device().trim(from, part, flags);
          }
        });
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    needWrite();
    each(
        offset,
        length,
        (region, from, part) -> {
          for (long i = 0; region.bytes() != null && i < part; i++) {
            if (region.at(from + i) != 0) {
              throw fixed(region.start() + from + i);
            }
          }
        });
    boolean[] started = new boolean[1];
    each(
        offset,
        length,
        (region, from, part) -> {
          if (region.device() != null) {
            // A fast zero may be refused only while nothing has been changed.
            Flags sent = started[0] ? flags.without(Flags.FAST_ZERO) : flags;
            region.device().zero(from, part, sent);
            started[0] = true;
          }
        });
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    long end = offset + length;
    boolean one = flags.has(Flags.REQ_ONE);
    int i = find(offset);
    for (long at = offset; at < end && !sink.full(); i++) {
      JoinedRegion region = regions[i];
      long stop = Math.min(end, region.end());
      if (region.device() != null && region.device().capabilities().extents()) {
        ShiftedExtents reach = new ShiftedExtents(sink, region.start(), stop);
        region.device().extents(at - region.start(), stop - at, flags, reach);
        stop = reach.position();
      } else {
        boolean zeroes = region.device() == null && region.bytes() == null;
        int type = zeroes ? ExtentSink.HOLE | ExtentSink.ZERO : ExtentSink.DATA;
        sink.add(at, stop - at, type);
      }
      if (one || stop < Math.min(end, region.end())) {
        return; // it reported less than requested, which is allowed
      }
      at = stop;
    }
  }

  @Override
  public void close() throws IOException {
    IOException first = null;
    for (JoinedRegion region : regions) {
      if (region.device() != null) {
        try {
          region.device().close();
        } catch (IOException e) {
          first = first == null ? e : first;
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
