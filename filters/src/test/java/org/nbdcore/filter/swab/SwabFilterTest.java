package org.nbdcore.filter.swab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;

final class SwabFilterTest {

  private final ModelDisk disk = new ModelDisk(1003);

  @Test
  void wordsAreSwappedInReadsAndWrites() throws IOException {
    check("swab-bits=8", 0, 1, 2, 3, 4, 5, 6, 7);
    check("swab-bits=16", 1, 0, 3, 2, 5, 4, 7, 6);
    check("swab-bits=32", 3, 2, 1, 0, 7, 6, 5, 4);
    check("swab-bits=64", 7, 6, 5, 4, 3, 2, 1, 0);
  }

  @Test
  void defaultIs16BitsAndSizesAreMultiplesOfTheWord() throws IOException {
    BlockDevice device = Chains.open(new SwabFilterProvider(), disk);
    assertThat(device.size()).isEqualTo(1002);
    assertThat(device.capabilities().blockSizes().minimum()).isEqualTo(2);
    assertThat(open("swab-bits=64").size()).isEqualTo(1000);
    assertThat(open("swab-bits=64").capabilities().blockSizes().minimum()).isEqualTo(8);
  }

  private void check(String pair, int... order) throws IOException {
    byte[] plain = {0, 1, 2, 3, 4, 5, 6, 7};
    byte[] swapped = new byte[8];
    for (int i = 0; i < 8; i++) {
      swapped[i] = (byte) order[i];
    }
    System.arraycopy(plain, 0, disk.bytes, 16, 8);
    assertThat(read(open(pair), 16, 8)).as(pair).isEqualTo(swapped);
    write(open(pair), 16, swapped, Flags.NONE);
    assertThat(read(Chains.open(new SwabFilterProvider(), disk, "swab-bits=8"), 16, 8))
        .as(pair)
        .isEqualTo(plain);
  }

  private BlockDevice open(String pair) throws IOException {
    return Chains.open(new SwabFilterProvider(), disk, pair);
  }
}
