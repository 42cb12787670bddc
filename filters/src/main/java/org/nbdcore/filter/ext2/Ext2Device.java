package org.nbdcore.filter.ext2;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Zeroes;
import org.nbdcore.spi.helpers.SplitRequests;

/**
 * A file as a disk. Its contents are in blocks, or in its inode. Blocks with data never move, so
 * requests need the metadata only to find them.
 */
final class Ext2Device extends FilterBlockDevice {

  private static final Run NONE = new Run(0, 0, 0, false);

  private final Metadata metadata;
  private final FileSystem fileSystem;
  private final Inode inode;
  private final BlockMap map;
  private final InlineData inline; // null for a file in blocks
  private final boolean writable;
  private final Runnable release;
  private final int blockSize;

  /** The data that was found last, for the requests that follow. */
  private volatile Run last = NONE;

  Ext2Device(
      BlockDevice next, FileSystem fileSystem, Inode inode, boolean writable, Runnable release) {
    super(next);
    this.fileSystem = fileSystem;
    this.inode = inode;
    this.writable = writable;
    this.release = release;
    metadata = fileSystem.metadata();
    map = inode.map();
    inline = inode.isInline() ? new InlineData(inode) : null;
    blockSize = fileSystem.blockSize();
  }

  @Override
  public long size() {
    return inode.size();
  }

  @Override
  public Capabilities capabilities() throws IOException {
    return next.capabilities().withWrite(writable).withTrim(false).withExtents(true);
  }

  /** The run of blocks at an offset that are contiguous on the disk. */
  private Run find(long offset, long length) throws IOException {
    long block = offset / blockSize;
    Run known = last;
    if (known.contains(block)) {
      return known;
    }
    long limit = (offset + length - 1) / blockSize - block + 1;
    Run run;
    synchronized (metadata) {
      run = block < BlockMap.MAX_BLOCKS ? map.find(block, limit) : Run.hole(block, block + limit);
    }
    if (run.isData()) {
      last = run;
    }
    return run;
  }

  /** The number of bytes from {@code offset} on that are in a run. */
  private long length(Run run, long offset, long most) {
    return Math.min(most, (run.logical() + run.length()) * blockSize - offset);
  }

  private long physical(Run run, long offset) {
    return (run.physical() - run.logical()) * blockSize + offset;
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    if (inline != null) {
      synchronized (metadata) {
        inline.read(dst, offset);
      }
      return;
    }
    int limit = dst.limit();
    for (long at = offset; dst.position() < limit; ) {
      Run run = find(at, limit - dst.position());
      int length = (int) length(run, at, limit - dst.position());
      if (run.isData()) {
        next.read(dst.limit(dst.position() + length), physical(run, at));
        dst.limit(limit);
      } else {
        Zeroes.fill(dst, dst.position(), length);
        dst.position(dst.position() + length);
      }
      at += length;
    }
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    if (inline != null) {
      synchronized (metadata) {
        metadata.flags = flags;
        inline.write(src, offset);
      }
      return;
    }
    int start = src.position();
    int limit = src.limit();
    Flags early = SplitRequests.earlyFlags(next, flags);
    for (long at = offset; src.position() < limit; ) {
      Run run = find(at, limit - src.position());
      int length = (int) length(run, at, limit - src.position());
      src.limit(src.position() + length);
      if (run.isData()) {
        next.write(src, physical(run, at), src.limit() == limit ? flags : early);
      } else {
        length = new HoleWriter(fileSystem, inode, map, next).write(src, at, flags);
      }
      at += length;
      src.limit(limit).position(start + (int) (at - offset));
    }
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    throw new NbdException(NbdError.EINVAL, "a file in a file system has no trim");
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    if (inline != null) {
      write(ByteBuffer.allocate((int) length), offset, flags);
      return;
    }
    for (long at = offset; at < offset + length; ) {
      Run run = find(at, offset + length - at);
      long part = length(run, at, offset + length - at);
      if (run.isData()) {
        next.zero(physical(run, at), part, flags); // all with FUA: the last part may be a hole
      }
      at += part;
    }
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    if (inline != null) {
      sink.add(offset, length, ExtentSink.DATA);
      return;
    }
    for (long at = offset; at < offset + length && !sink.full(); ) {
      Run run = find(at, offset + length - at);
      long part = length(run, at, offset + length - at);
      int hole = run.isHole() ? ExtentSink.HOLE | ExtentSink.ZERO : ExtentSink.ZERO;
      sink.add(at, part, run.isData() ? ExtentSink.DATA : hole);
      at += part;
    }
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    for (long at = offset; inline == null && at < offset + length; ) {
      Run run = find(at, offset + length - at);
      long part = length(run, at, offset + length - at);
      if (run.isData()) {
        next.cache(physical(run, at), part);
      }
      at += part;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      if (writable) {
        synchronized (metadata) {
          fileSystem.release();
        }
      }
    } finally {
      try {
        next.close();
      } finally {
        release.run();
      }
    }
  }
}
