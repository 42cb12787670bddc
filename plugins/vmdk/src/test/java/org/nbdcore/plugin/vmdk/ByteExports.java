package org.nbdcore.plugin.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;

/**
 * Read-only exports with given bytes. Sectors of zeroes are holes, and a read may have at most 1000
 * bytes. Counts the open devices.
 */
final class ByteExports implements Backend {
  private static final int SECTOR = 512;

  private final Map<String, byte[]> files = new LinkedHashMap<>();
  BlockSizes sizes = BlockSizes.of(1, 512, 1000);
  int open;

  ByteExports with(String name, byte[] bytes) {
    files.put(name, bytes);
    return this;
  }

  @Override
  public List<Export> listExports(OpenRequest request) {
    List<Export> exports = new ArrayList<>();
    files.keySet().forEach(name -> exports.add(Export.of(name)));
    return exports;
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    byte[] bytes = files.getOrDefault(request.exportName(), files.get(""));
    if (bytes == null) {
      throw new NbdException(NbdError.EINVAL, "no export '" + request.exportName() + "'");
    }
    open++;
    return new Device(bytes);
  }

  private final class Device implements BlockDevice {
    private final byte[] bytes;

    private Device(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public Capabilities capabilities() {
      return Capabilities.readOnly().withExtents(true).withBlockSizes(sizes);
    }

    @Override
    public void read(ByteBuffer dst, long offset) {
      if (dst.remaining() > sizes.maximum()) {
        throw new AssertionError(dst.remaining() + " bytes at once");
      }
      dst.put(bytes, (int) offset, dst.remaining());
    }

    @Override
    public void extents(long offset, long length, Flags flags, ExtentSink sink) {
      boolean more = true;
      for (long at = offset; more && at < offset + length; at = (at / SECTOR + 1) * SECTOR) {
        long end = Math.min(offset + length, (at / SECTOR + 1) * SECTOR);
        boolean zero = true;
        for (long i = at; i < end; i++) {
          zero &= bytes[(int) i] == 0;
        }
        more = sink.add(at, end - at, zero ? ExtentSink.HOLE | ExtentSink.ZERO : ExtentSink.DATA);
      }
    }

    @Override
    public void close() {
      open--;
    }
  }
}
