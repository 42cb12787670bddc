package org.nbdcore.filter.map;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.SplitRequests;

/** Splits each request where the mapping changes, and forwards the parts to where they belong. */
final class MapDevice extends FilterBlockDevice {

  private final Mapping mapping;
  private final long size;
  private final long below;

  MapDevice(BlockDevice next, Mapping mapping, long size) throws IOException {
    super(next);
    this.mapping = mapping;
    this.below = next.size();
    this.size = size < 0 ? below : size;
    int block = next.capabilities().blockSizes().minimum();
    if (!mapping.isAligned(block)) {
      throw new NbdException(
          NbdError.EINVAL,
          "the ranges of map must be multiples of the minimum block size of the layer below ("
              + block
              + "); put --filter=blocksize below");
    }
  }

  @Override
  public long size() {
    return size;
  }

  /** One part of a request. */
  @FunctionalInterface
  private interface Part {
    /** Forwards it; the flags are those of the request, or without FUA if another part follows. */
    void forward(long offset, long length, Flags flags) throws IOException;
  }

  private void split(long offset, long length, Flags flags, Part part) throws IOException {
    long end = offset + length;
    long partEnd = mapping.end(offset, end);
    Flags early = partEnd < end ? SplitRequests.earlyFlags(next, flags) : flags;
    for (long at = offset; at < end; at = partEnd) {
      partEnd = mapping.end(at, end);
      part.forward(destination(at, partEnd), partEnd - at, partEnd == end ? flags : early);
    }
  }

  private long destination(long start, long end) throws NbdException {
    long moved = start + mapping.shift(start);
    if (moved > below || end - start > below - moved) {
      throw new NbdException(
          NbdError.EIO,
          "offset " + start + " is mapped to " + moved + ", but the layer below ends at " + below);
    }
    return moved;
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    int last = dst.limit();
    split(
        offset,
        dst.remaining(),
        Flags.NONE,
        (at, length, flags) -> {
          int end = dst.position() + (int) length;
          next.read(dst.limit(end), at);
          dst.limit(last).position(end);
        });
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    int last = src.limit();
    split(
        offset,
        src.remaining(),
        flags,
        (at, length, partFlags) -> {
          int end = src.position() + (int) length;
          next.write(src.limit(end), at, partFlags);
          src.limit(last).position(end);
        });
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    split(offset, length, flags, next::trim);
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    split(offset, length, flags, next::zero);
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    split(offset, length, Flags.NONE, (at, partLength, flags) -> next.cache(at, partLength));
  }

  /** Stops if the layer below reports less than the requested range. */
  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    long end = offset + length;
    long at = offset;
    while (at < end && !sink.full()) {
      long partEnd = mapping.end(at, end);
      long moved = destination(at, partEnd);
      long shift = moved - at;
      long reported =
          SplitRequests.extents(next, moved, partEnd - at, flags, sink.shifted(-shift)) - shift;
      if (reported < partEnd || flags.has(Flags.REQ_ONE)) {
        return;
      }
      at = partEnd;
    }
  }
}
