package org.nbdcore.filter.common;

import java.io.IOException;
import java.util.Arrays;
import org.nbdcore.filter.bzip2.Bzip2FilterProvider;
import org.nbdcore.filter.gzip.GzipFilterProvider;
import org.nbdcore.filter.lzip.LzipFilterProvider;
import org.nbdcore.filter.partition.PartitionFilterProvider;
import org.nbdcore.filter.qcow2dec.Qcow2decFilterProvider;
import org.nbdcore.filter.tar.TarFilterProvider;
import org.nbdcore.filter.xz.XzFilterProvider;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.StartContext;

/**
 * A target for Jazzer: an image that a filter reads. The first byte chooses the filter, the rest is
 * the image.
 */
public final class ImageFuzz {

  private static final int BYTE = 0xff;

  /** More than this is not read: an image of a few bytes may expand to any size. */
  private static final int MAX_READ = 1 << 18;

  private ImageFuzz() {}

  private enum Kind {
    GZIP(new GzipFilterProvider()),
    XZ(new XzFilterProvider()),
    BZIP2(new Bzip2FilterProvider()),
    LZIP(new LzipFilterProvider()),
    QCOW2(new Qcow2decFilterProvider()),
    TAR(new TarFilterProvider(), "tar-entry=disk"),
    FIRST_PARTITION(new PartitionFilterProvider(), "partition=1"),
    LOGICAL_PARTITION(new PartitionFilterProvider(), "partition=5");

    private final FilterProvider provider;
    private final String[] parameters;

    Kind(FilterProvider provider, String... parameters) {
      this.provider = provider;
      this.parameters = parameters;
    }
  }

  /** Called by Jazzer, and by ImageCorpusTest for what it found. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    if (data.length == 0) {
      return;
    }
    Kind kind = Kind.values()[(data[0] & BYTE) % Kind.values().length];
    // bytes that are set directly would be reported as holes
    ModelDisk disk = new ModelDisk(data.length - 1).with(ModelDisk.ALL.withExtents(false));
    System.arraycopy(data, 1, disk.bytes, 0, data.length - 1);
    try (Filter filter = Chains.filter(kind.provider, kind.parameters)) {
      filter.start(disk, StartContext.NONE);
      try (BlockDevice device = filter.open(OpenRequest.detached("", true), disk)) {
        use(device);
      }
      filter.cleanup(disk);
    } catch (IOException e) {
      if (e.getMessage() == null || e.getMessage().isBlank()) {
        throw new IllegalStateException("a failure without a message", e);
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    if (!disk.breaches.isEmpty()) {
      throw disk.breaches.peek();
    }
    if (disk.open.get() != 0) {
      throw new IllegalStateException("the disk below is still open");
    }
  }

  private static void use(BlockDevice device) throws IOException {
    long size = device.size();
    if (size < 0) {
      throw new IllegalStateException("a size of " + size);
    }
    int length = (int) Math.min(size, MAX_READ);
    if (length == 0) {
      return;
    }
    byte[] start = Chains.read(device, 0, length);
    byte[] end = Chains.read(device, size - length, length);
    if (!Arrays.equals(start, Chains.read(device, 0, length))) {
      throw new IllegalStateException("the same bytes differ when they are read again");
    }
    if (device.capabilities().extents()) {
      Extents extents = new Extents(0, size, 1000);
      device.extents(0, size, Flags.NONE, extents);
      check(extents, start);
    }
    if (end.length != length) {
      throw new IllegalStateException("read " + end.length + " bytes");
    }
  }

  private static void check(Extents extents, byte[] start) {
    long at = 0;
    for (int i = 0; i < extents.size() && at < start.length; i++) {
      long until = Math.min(start.length, at + extents.length(i));
      if ((extents.type(i) & ExtentSink.ZERO) != 0) {
        for (long each = at; each < until; each++) {
          if (start[(int) each] != 0) {
            throw new IllegalStateException("byte " + each + " is not zero, as its extent says");
          }
        }
      }
      at = until;
    }
  }
}
