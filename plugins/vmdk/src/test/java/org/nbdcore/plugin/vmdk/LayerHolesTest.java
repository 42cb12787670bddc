package org.nbdcore.plugin.vmdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.vmdk.FileHoles;

/**
 * Holes of a disk in the layer below. It reports extents beyond its end, as the contract allows.
 */
final class LayerHolesTest {

  private static final int SIZE = 8192;

  /** Data up to 4096, then a hole up to the end, then the type that a test chooses. */
  private static FileHoles holes(int typeBeyond) {
    BlockDevice device =
        new FilterBlockDevice(new ModelDevice(SIZE)) {
          @Override
          public void extents(long offset, long length, Flags flags, ExtentSink sink) {
            sink.add(0, 4096, ExtentSink.DATA);
            sink.add(4096, SIZE - 4096, ExtentSink.HOLE | ExtentSink.ZERO);
            sink.add(SIZE, 4096, typeBeyond);
          }
        };
    return new LayerHoles(device);
  }

  @Test
  void dataBeyondTheEndOfTheDiskIsIgnored() throws IOException {
    FileHoles holes = holes(ExtentSink.DATA);
    assertThat(holes.nextData(0)).isZero();
    assertThat(holes.nextHole(0)).isEqualTo(4096);
    assertThat(holes.nextData(4096)).isEqualTo(FileHoles.NO_MORE_DATA);
    assertThat(holes.nextHole(5000)).isEqualTo(5000);
  }
}
