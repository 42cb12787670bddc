package org.nbdcore.filter.luks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.testkit.FilterContractTest;

/** The disk below is the encrypted disk of a container; this test puts the header before it. */
@Tag("newest")
final class LuksFilterContractTest extends FilterContractTest {

  private final Container container;

  LuksFilterContractTest() throws IOException {
    container = new Container("aes", "xts-plain64", "sha256", 32);
  }

  @Override
  protected FilterProvider provider() {
    return new LuksFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("passphrase=" + Container.PASSPHRASE);
  }

  @Override
  protected byte[] view(byte[] below) {
    try {
      return container.crypt(false, below);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected Filter prepared(Filter filter) {
    return new Filter() {
      @Override
      public BlockDevice open(OpenRequest request, Backend next) throws IOException {
        return filter.open(request, inner -> new WithHeader(next.open(inner), container.header));
      }

      @Override
      public void close() throws IOException {
        filter.close();
      }
    };
  }

  /** A disk behind a header that is only read. */
  private static final class WithHeader extends FilterBlockDevice {

    private final ByteBuffer header;

    WithHeader(BlockDevice next, ByteBuffer header) {
      super(next);
      this.header = header;
    }

    @Override
    public long size() throws IOException {
      return Container.PAYLOAD + next.size();
    }

    @Override
    public void read(ByteBuffer dst, long offset) throws IOException {
      if (offset >= Container.PAYLOAD) {
        next.read(dst, offset - Container.PAYLOAD);
      } else {
        dst.put(header.slice((int) offset, dst.remaining()));
      }
    }

    @Override
    public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
      next.write(src, offset - Container.PAYLOAD, flags);
    }

    @Override
    public void trim(long offset, long length, Flags flags) throws IOException {
      next.trim(offset - Container.PAYLOAD, length, flags);
    }

    @Override
    public void zero(long offset, long length, Flags flags) throws IOException {
      next.zero(offset - Container.PAYLOAD, length, flags);
    }

    @Override
    public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
      next.extents(offset - Container.PAYLOAD, length, flags, sink.shifted(Container.PAYLOAD));
    }

    @Override
    public void cache(long offset, long length) throws IOException {
      next.cache(offset - Container.PAYLOAD, length);
    }
  }
}
