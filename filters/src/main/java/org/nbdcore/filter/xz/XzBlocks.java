package org.nbdcore.filter.xz;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.nbdcore.filter.common.CompressedBlocks;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.BlockDeviceInputStream;
import org.nbdcore.spi.helpers.UnalignedReader;
import org.tukaani.xz.SingleXZInputStream;
import org.tukaani.xz.XZIOException;

/** The blocks of all streams of an xz file. */
final class XzBlocks extends CompressedBlocks {

  /**
   * Maximum number of blocks: an index of this many needs 100 MB, enough for 256 GiB in blocks of
   * 64 KiB.
   */
  static final int MAX_BLOCKS = 1 << 22;

  private static final int MAX_STREAMS = 1 << 20;

  private final long[] positions; // in the file
  private final long[] unpadded; // lengths in the file
  private final byte[] checks;

  private XzBlocks(long[] starts, long[] positions, long[] unpadded, byte[] checks) {
    super(starts);
    this.positions = positions;
    this.unpadded = unpadded;
    this.checks = checks;
  }

  /**
   * Finds the blocks.
   *
   * @param maxBlock maximum decompressed size of a block, in bytes
   * @throws NbdException if this is not an xz file, or the file is damaged or not supported
   */
  static XzBlocks find(BlockDevice file, long maxBlock) throws IOException {
    long size = BlockDeviceInputStream.readable(file);
    if (!XzStream.begins(file, size)) {
      throw new NbdException(
          NbdError.EINVAL, "not an xz file: it does not start with the xz signature");
    }
    ArrayDeque<XzStream> streams = new ArrayDeque<>();
    int blocks = 0;
    int seen = 0;
    for (long end = size; end > 0; ) {
      XzStream stream = XzStream.endingAt(file, withoutPadding(file, end), MAX_BLOCKS - blocks);
      blocks += stream.lengths().length;
      if (stream.lengths().length > 0) {
        streams.addFirst(stream);
      }
      if (++seen > MAX_STREAMS) {
        throw refused("has more than " + MAX_STREAMS + " streams");
      }
      end = stream.position();
    }
    XzBlocks found = of(streams, blocks);
    found.checkBlocks("xz file", "xz-max-block", maxBlock, "xz --block-size=16MiB");
    return found;
  }

  private static long withoutPadding(BlockDevice file, long end) throws IOException {
    return Math.min(end, XzEncoding.padded(endOfData(file, end)));
  }

  private static XzBlocks of(Iterable<XzStream> streams, int most) throws NbdException {
    long[] starts = new long[most + 1];
    long[] positions = new long[most];
    long[] unpadded = new long[most];
    byte[] checks = new byte[most];
    int count = 0;
    for (XzStream stream : streams) {
      long position = stream.position() + XzStream.HEADER;
      for (int i = 0; i < stream.lengths().length; i++) {
        if (stream.lengths()[i] > 0) { // empty blocks are never read
          positions[count] = position;
          unpadded[count] = stream.unpadded()[i];
          checks[count] = (byte) stream.check();
          starts[count + 1] = starts[count] + stream.lengths()[i];
          count++;
          if (starts[count] < 0) {
            throw damaged("it claims to hold more than 2^63 bytes");
          }
        }
        position += XzEncoding.padded(stream.unpadded()[i]);
      }
    }
    return new XzBlocks(Arrays.copyOf(starts, count + 1), positions, unpadded, checks);
  }

  /** Decompresses the block as the only one of a stream, so that its checksum is verified. */
  @Override
  protected byte[] unpack(BlockDevice from, int block) throws IOException {
    byte[] contents = new byte[length(block)];
    long position = positions[block];
    long packed = XzEncoding.padded(unpadded[block]);
    byte[] header =
        XzBlockHeader.read(new UnalignedReader(from), position, packed, contents.length);
    List<InputStream> parts =
        List.of(
            new ByteArrayInputStream(XzStream.header(checks[block])),
            new ByteArrayInputStream(header),
            new BlockDeviceInputStream(from, position + header.length, position + packed),
            new ByteArrayInputStream(
                XzStream.ending(checks[block], unpadded[block], contents.length)));
    try (InputStream stream = new SequenceInputStream(Collections.enumeration(parts));
        InputStream in = new SingleXZInputStream(stream)) {
      boolean same = in.readNBytes(contents, 0, contents.length) == contents.length;
      if (!same || in.read() >= 0) {
        throw damaged("the block at " + position + " does not have the length in the index");
      }
      return contents;
    } catch (XZIOException | EOFException e) {
      throw new NbdException(
          NbdError.EIO, message("the block at " + position + ": " + e.getMessage()), e);
    }
  }

  private static String message(String how) {
    return "the xz file is damaged: " + how;
  }

  static NbdException damaged(String how) {
    return new NbdException(NbdError.EIO, message(how));
  }

  static NbdException refused(String what) {
    return new NbdException(NbdError.EINVAL, "the xz file " + what + ", which is not served");
  }
}
