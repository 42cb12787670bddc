package org.nbdcore.plugin.nulls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.Configs;
import org.nbdcore.testkit.PluginContractTest;

final class NullContractTest extends PluginContractTest {

  private static final int SIZE = 100_001;

  @Override
  protected PluginProvider provider() {
    return new NullProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("size=" + SIZE);
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.all();
  }

  @Override
  protected byte[] expectedContents() {
    return new byte[SIZE];
  }

  @Override
  protected boolean remembersWrites() {
    return false;
  }

  @Test
  void diskIsEmptyWithoutASize() throws Exception {
    NullProvider provider = new NullProvider();
    BlockDevice device =
        provider.create(Configs.of(provider.parameters())).open(OpenRequest.detached("", false));
    assertThat(device.size()).isZero();
  }

  @Test
  void writesAreDiscardedAndTheDiskStaysAHole() throws Exception {
    BlockDevice device = open(startPlugin());
    device.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 5, Flags.NONE);
    ByteBuffer dst = ByteBuffer.wrap(new byte[] {9, 9, 9});
    device.read(dst, 5);
    assertThat(dst.array()).containsOnly(0);
    Extents extents = new Extents(0, SIZE, 10);
    device.extents(0, SIZE, Flags.NONE, extents);
    assertThat(extents.size()).isEqualTo(1);
    assertThat(extents.type(0)).isEqualTo(ExtentSink.HOLE | ExtentSink.ZERO);
    Extents rest = new Extents(5, 3, 10).acceptUntil(Long.MAX_VALUE);
    device.extents(5, 3, Flags.NONE, rest);
    assertThat(rest.position()).as("end of the hole").isEqualTo(SIZE);
  }
}
