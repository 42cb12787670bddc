package org.nbdcore.example.mask;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Flags;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.Configs;
import org.nbdcore.testkit.FilterContractTest;
import org.nbdcore.testkit.ModelDevice;

final class MaskTest extends FilterContractTest {

  private static final int KEY = 0x2a;

  @Override
  protected FilterProvider provider() {
    return new MaskProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("mask-key=" + KEY);
  }

  @Override
  protected byte[] view(byte[] below) {
    byte[] view = new byte[below.length];
    for (int i = 0; i < view.length; i++) {
      view[i] = (byte) (below[i] ^ KEY);
    }
    return view;
  }

  @Test
  void holesAreNotReportedAsZeroes() throws Exception {
    MaskProvider provider = new MaskProvider();
    BlockDevice device =
        provider
            .create(Configs.of(provider.parameters()))
            .open(request(), Backends.of(new ModelDevice(4096)));
    Extents extents = new Extents(0, 4096, 10);
    device.extents(0, 4096, Flags.NONE, extents);
    assertThat(extents.type(0)).isEqualTo(ExtentSink.HOLE);
  }
}
