package org.nbdcore.example.checksum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.FilterContractTest;
import org.nbdcore.testkit.ModelDevice;

final class ChecksumTest extends FilterContractTest {

  private static final int BLOCK = BlockChecksums.BLOCK;

  private final ModelDevice below = new ModelDevice(4 * BLOCK);

  @Override
  protected FilterProvider provider() {
    return new ChecksumProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of();
  }

  @Override
  protected byte[] view(byte[] contents) {
    return contents.clone();
  }

  private BlockDevice device() throws IOException {
    return new ChecksumFilter().open(request(), Backends.of(below));
  }

  @Test
  void readOfDataChangedBelowFails() throws IOException {
    BlockDevice device = device();
    device.write(ByteBuffer.allocate(2 * BLOCK), BLOCK, Flags.NONE);
    below.write(ByteBuffer.wrap(new byte[] {1}), 2 * BLOCK + 7, Flags.NONE);
    device.read(ByteBuffer.allocate(BLOCK), BLOCK);
    assertThatThrownBy(() -> device.read(ByteBuffer.allocate(4 * BLOCK), 0))
        .isInstanceOf(NbdException.class)
        .hasMessage("the block at 8192 has changed since it was written")
        .extracting(e -> ((NbdException) e).error())
        .isEqualTo(NbdError.EIO);
  }

  @Test
  void partialWriteDiscardsTheChecksumOfItsBlock() throws IOException {
    BlockDevice device = device();
    device.write(ByteBuffer.allocate(BLOCK), 0, Flags.NONE);
    device.write(ByteBuffer.wrap(new byte[] {5}), 100, Flags.NONE);
    below.write(ByteBuffer.wrap(new byte[] {6}), 101, Flags.NONE);
    ByteBuffer dst = ByteBuffer.allocate(BLOCK);
    device.read(dst, 0);
    assertThat(dst.get(100)).isEqualTo((byte) 5);
  }
}
