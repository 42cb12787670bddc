package org.nbdcore.filter.ext2;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.testkit.FilterContractTest;

/** The disk below is the content of a file; the rest of the file system is only read here. */
final class Ext2FilterContractTest extends FilterContractTest {

  /** Offset of the contiguous blocks of /disks/full. */
  private static final long START = 311 << 10;

  private final byte[] image;

  Ext2FilterContractTest() throws IOException {
    image = Images.image("ext4");
  }

  @Override
  protected FilterProvider provider() {
    return new Ext2FilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("ext2file=/disks/full");
  }

  @Override
  protected int sizeBelow() {
    return Images.FULL;
  }

  @Override
  protected Filter prepared(Filter filter) {
    return new Filter() {
      @Override
      public List<org.nbdcore.spi.Export> listExports(OpenRequest request, Backend next)
          throws IOException {
        return filter.listExports(request, next);
      }

      @Override
      public BlockDevice open(OpenRequest request, Backend next) throws IOException {
        return filter.open(request, inner -> new WithinFileSystem(next.open(inner)));
      }

      @Override
      public void close() {
        try {
          filter.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  private final class WithinFileSystem extends FilterBlockDevice {

    WithinFileSystem(BlockDevice next) {
      super(next);
    }

    @Override
    public long size() {
      return image.length;
    }

    @Override
    public void read(ByteBuffer dst, long offset) throws IOException {
      if (offset >= START && offset < START + Images.FULL) {
        next.read(dst, offset - START);
      } else {
        dst.put(image, (int) offset, dst.remaining());
      }
    }

    @Override
    public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
      next.write(src, offset - START, flags);
    }

    @Override
    public void zero(long offset, long length, Flags flags) throws IOException {
      next.zero(offset - START, length, flags);
    }

    @Override
    public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
      next.extents(offset - START, length, flags, sink.shifted(START));
    }

    @Override
    public void cache(long offset, long length) throws IOException {
      next.cache(offset - START, length);
    }
  }
}
