package org.nbdcore.plugin.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.plugin.file.AnonymousFile;
import org.nbdcore.spi.BlockDevice;

/** Downloads of layers whose bytes arrive in unusual ways. */
final class LayerDownloadTest {

  private static final byte[] PLAIN = TestImage.bytes(7, 1000);

  @TempDir private Path folder;

  private byte[] download(byte[] stored, Function<InputStream, InputStream> arriving)
      throws IOException {
    ContentDigest digest = ContentDigest.parse(TestImage.digest(stored)).orElseThrow();
    BlobDescriptor blob =
        new BlobDescriptor(
            TestImage.GZIP, digest, stored.length, Optional.empty(), Optional.empty());
    ImageSource source = new OneBlob(arriving.apply(new ByteArrayInputStream(stored)));
    try (AnonymousFile file = AnonymousFile.create(folder)) {
      new LayerDownload(source, new ImageLayer(blob, Optional.empty())).to(file);
      file.finish();
      BlockDevice device = file.open();
      ByteBuffer bytes = ByteBuffer.allocateDirect(Math.toIntExact(device.size()));
      device.read(bytes, 0);
      byte[] read = new byte[bytes.capacity()];
      bytes.flip().get(read);
      return read;
    }
  }

  @Test
  void compressionIsDetectedIfBytesArriveOneByOne() throws Exception {
    assertThat(download(TestImage.gzip(PLAIN), Trickle::new)).isEqualTo(PLAIN);
  }

  @Test
  void aLayerShorterThanAnyMagicNumberIsServed() throws Exception {
    assertThat(download(new byte[] {0x28}, Trickle::new)).containsExactly(0x28);
    assertThat(download(new byte[0], Trickle::new)).isEmpty();
  }

  /**
   * The padding may be that of a tape. The digest covers all bytes, so the padding must be read
   * before the stream is closed.
   */
  @Test
  void digestCoversPaddingAfterTheLastGzipMember() throws Exception {
    byte[] packed = TestImage.gzip(PLAIN);
    byte[] padded = Arrays.copyOf(packed, packed.length + 500_000);
    assertThat(download(padded, UntilClosed::new)).isEqualTo(PLAIN);
  }

  private record OneBlob(InputStream in) implements ImageSource {
    @Override
    public byte[] root() {
      throw new AssertionError();
    }

    @Override
    public InputStream manifest(BlobDescriptor manifest) {
      throw new AssertionError();
    }

    @Override
    public InputStream blob(BlobDescriptor blob) {
      return in;
    }

    @Override
    public String shown() {
      return "image";
    }

    @Override
    public void close() {}
  }

  /** One byte for each call. */
  private static final class Trickle extends FilterInputStream {

    Trickle(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] dst, int offset, int length) throws IOException {
      return super.read(dst, offset, Math.min(length, 1));
    }
  }

  /** Like a file, it cannot be read after it is closed. */
  private static final class UntilClosed extends FilterInputStream {

    private boolean closed;

    UntilClosed(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] dst, int offset, int length) throws IOException {
      if (closed) {
        throw new IOException("closed");
      }
      return super.read(dst, offset, length);
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
