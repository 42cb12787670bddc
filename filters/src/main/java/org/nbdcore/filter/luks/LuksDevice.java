package org.nbdcore.filter.luks;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.SplitRequests;

/**
 * Decrypts reads and encrypts writes. Zeroes must be encrypted too, so the server writes them as
 * data. Holes of the container do not decrypt to zeroes, so there are neither extents nor trim.
 */
final class LuksDevice extends FilterBlockDevice {

  private final LuksVolume volume;
  private final long payload;
  private final int sector;
  private final long firstSector;
  private final long size;
  private final Capabilities capabilities;
  private final int longest; // write

  LuksDevice(BlockDevice next, LuksVolume volume) throws IOException {
    super(next);
    this.volume = volume;
    Segment segment = volume.segment();
    payload = segment.offset();
    sector = segment.sectorSize();
    firstSector = segment.firstSector();
    Capabilities below = next.capabilities();
    BlockSizes sizes = sizes(below.blockSizes(), sector);
    capabilities =
        below
            .withBlockSizes(sizes)
            .withTrim(false)
            .withZero(Support.EMULATE)
            .withFastZero(false)
            .withExtents(false);
    size = Alignment.roundDown(Math.min(next.size() - payload, segment.length()), sector);
    longest =
        (int)
            Alignment.roundDown(Math.min(SectorCipher.MAX_BYTES, sizes.maximum()), sizes.minimum());
    if (!Alignment.isAligned(payload, below.blockSizes().minimum())) {
      throw LuksHeader.refused(
          "the disk in the LUKS container begins at "
              + payload
              + ", which is not a multiple of the minimum block size of the layer below ("
              + below.blockSizes().minimum()
              + "); put --filter=blocksize below");
    }
  }

  private static BlockSizes sizes(BlockSizes below, int sector) {
    if (below.minimum() >= sector) {
      return below;
    }
    long maximum =
        below.maximum() == BlockSizes.UNLIMITED
            ? BlockSizes.UNLIMITED
            : Math.max(sector, Alignment.roundDown(below.maximum(), sector));
    return BlockSizes.of(sector, Math.max(sector, below.preferred()), maximum);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Capabilities capabilities() {
    return capabilities;
  }

  /** The number of the sector at an offset, for its initialization vector. */
  private long number(long offset) {
    return offset / LuksHeader.SECTOR + firstSector;
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    int start = dst.position();
    next.read(dst, payload + offset);
    int end = dst.position();
    LuksVolume.Worker worker = volume.acquire();
    try {
      for (int at = start; at < end; at += SectorCipher.MAX_BYTES) {
        int length = Math.min(SectorCipher.MAX_BYTES, end - at);
        dst.get(at, worker.bytes, 0, length);
        worker.cipher.crypt(false, worker.bytes, length, number(offset + at - start));
        dst.put(at, worker.bytes, 0, length);
      }
    } finally {
      volume.release(worker);
    }
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    LuksVolume.Worker worker = volume.acquire();
    try {
      SplitRequests.Encoder encoder =
          (data, length, at) -> {
            data.get(data.position(), worker.bytes, 0, length);
            worker.cipher.crypt(true, worker.bytes, length, number(at - payload));
            return worker.buffer.clear().put(worker.bytes, 0, length).flip();
          };
      SplitRequests.writeEncoded(next, longest, src, payload + offset, flags, encoder);
    } finally {
      volume.release(worker);
    }
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    throw notOffered("trim");
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    throw notOffered("zero");
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) {
    sink.add(offset, length, ExtentSink.DATA);
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    next.cache(payload + offset, length);
  }

  private static NbdException notOffered(String operation) {
    return new NbdException(NbdError.ENOTSUP, operation + " is not offered by luks");
  }
}
