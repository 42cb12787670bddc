package org.nbdcore.filter.qcow2dec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.ZeroCopyReadable;
import org.nbdcore.spi.Zeroes;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.SplitRequests;
import org.nbdcore.system.Zstd;

/** The disk in a qcow2 file. Clusters that are contiguous in the file are read in one call. */
final class Qcow2decDevice extends FilterBlockDevice implements ZeroCopyReadable {

  private static final int HOLE = ExtentSink.HOLE | ExtentSink.ZERO;

  /** Number of decompressed clusters to keep. */
  private static final int KEPT = 8;

  private final Qcow2Header header;
  private final ClusterMap clusters;
  private final RecentValues<ByteBuffer> inflated = new RecentValues<>(KEPT);
  private final int clusterSize;
  private final long longest;
  private final long fileEnd; // end of the readable part of the file

  Qcow2decDevice(BlockDevice next, Qcow2Header header) throws IOException {
    super(next);
    this.header = header;
    clusters = new ClusterMap(next, header);
    clusterSize = header.clusterSize();
    BlockSizes sizes = next.capabilities().blockSizes();
    int minimum = sizes.minimum();
    longest = Alignment.roundDown(sizes.maximum(), minimum);
    fileEnd = Alignment.roundDown(next.size(), minimum);
    if (minimum > clusterSize) {
      throw Qcow2Header.wrong(
          "the clusters of the qcow2 file ("
              + clusterSize
              + ") are smaller than the minimum block size of the layer below ("
              + minimum
              + "); put --filter=blocksize below");
    }
  }

  @Override
  public long size() {
    return header.size();
  }

  @Override
  public Capabilities capabilities() throws IOException {
    Capabilities below = next.capabilities();
    BlockSizes sizes = below.blockSizes().withMaximum(BlockSizes.UNLIMITED);
    return Capabilities.readOnly()
        .withExtents(true)
        .withMultiConn(true)
        .withRotational(below.rotational())
        .withBlockSizes(sizes);
  }

  /**
   * End of the range of clusters of the same kind that begins with the cluster of {@code at}.
   *
   * @param entry of the cluster of {@code at}
   */
  private long runEnd(long at, long end, long entry) throws IOException {
    boolean zero = clusters.isZero(entry);
    long stop = nextCluster(at);
    if (clusters.isCompressed(entry)) {
      return Math.min(end, stop);
    }
    long expected = zero ? 0 : clusters.offset(entry) + clusterSize;
    if (zero) {
      stop = afterZeroes(at);
    }
    while (stop < end) {
      long following = clusters.entry(stop >>> header.clusterBits());
      if (clusters.isCompressed(following) || clusters.isZero(following) != zero) {
        break;
      }
      if (!zero && clusters.offset(following) != expected) {
        break;
      }
      expected += clusterSize;
      stop = zero ? afterZeroes(stop) : nextCluster(stop);
    }
    return Math.min(end, stop);
  }

  /** Skips the clusters of missing tables, which may be most of a large disk. */
  private long afterZeroes(long at) {
    return clusters.afterMissingTable(at >>> header.clusterBits()) << header.clusterBits();
  }

  private long nextCluster(long at) {
    return Alignment.roundDown(at, clusterSize) + clusterSize;
  }

  private int inCluster(long at) {
    return (int) (at & clusterSize - 1);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    int last = dst.limit();
    long end = offset + dst.remaining();
    for (long at = offset; at < end; ) {
      long entry = clusters.entry(at >>> header.clusterBits());
      long stop = runEnd(at, end, entry);
      int length = (int) (stop - at);
      dst.limit(dst.position() + length);
      if (clusters.isCompressed(entry)) {
        dst.put(inflate(at >>> header.clusterBits(), entry).slice(inCluster(at), length));
      } else if (clusters.isZero(entry)) {
        Zeroes.fill(dst);
      } else {
        readBelow(dst, clusters.offset(entry) + inCluster(at));
      }
      dst.limit(last);
      at = stop;
    }
  }

  /** Reads from the file. It may end within its last cluster, whose rest is then zeroes. */
  private void readBelow(ByteBuffer dst, long offset) throws IOException {
    int last = dst.limit();
    int there = (int) Math.max(0, Math.min(dst.remaining(), fileEnd - offset));
    SplitRequests.read(next, longest, dst.limit(dst.position() + there), offset);
    Zeroes.fill(dst.limit(last));
  }

  private ByteBuffer inflate(long cluster, long entry) throws IOException {
    ByteBuffer known = inflated.get(cluster);
    if (known != null) {
      return known;
    }
    ByteBuffer packed = clusters.compressed(entry);
    ByteBuffer contents = header.zstd() ? unpacked(packed) : deflated(packed);
    if (contents.hasRemaining()) {
      throw ClusterMap.damaged("a compressed cluster ends after " + contents.position() + " bytes");
    }
    inflated.put(cluster, contents.flip());
    return contents;
  }

  private ByteBuffer unpacked(ByteBuffer packed) throws IOException {
    try {
      return Zstd.unpack(packed, clusterSize);
    } catch (IOException e) {
      throw ClusterMap.damaged("a cluster cannot be unpacked: " + e.getMessage());
    }
  }

  private ByteBuffer deflated(ByteBuffer packed) throws IOException {
    ByteBuffer contents = ByteBuffer.allocate(clusterSize);
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(packed);
      while (contents.hasRemaining() && inflater.inflate(contents) > 0) {
        continue;
      }
      return contents;
    } catch (DataFormatException e) {
      throw ClusterMap.damaged("a cluster cannot be inflated: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }

  /** Uncompressed clusters in one piece are a zero-copy read of the disk below. */
  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    long entry = clusters.entry(offset >>> header.clusterBits());
    if (clusters.isCompressed(entry) || runEnd(offset, offset + length, entry) < offset + length) {
      return false;
    }
    if (clusters.isZero(entry)) {
      buffers.addZeroes(length);
      return true;
    }
    long from = clusters.offset(entry) + inCluster(offset);
    return length <= Math.min(longest, fileEnd - from)
        && BlockDevices.readZeroCopy(next, from, length, buffers);
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    long end = offset + length;
    boolean more = true;
    for (long at = offset; at < end && more; ) {
      long entry = clusters.entry(at >>> header.clusterBits());
      long stop = runEnd(at, end, entry);
      more = sink.add(at, stop - at, clusters.isZero(entry) ? HOLE : ExtentSink.DATA);
      at = stop;
    }
  }
}
