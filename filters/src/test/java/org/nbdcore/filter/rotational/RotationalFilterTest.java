package org.nbdcore.filter.rotational;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.Capabilities;

final class RotationalFilterTest {

  @Test
  void theBitIsSetByDefaultAndCanBeCleared() throws IOException {
    Capabilities spinning = ModelDisk.ALL.withRotational(true);
    assertThat(capabilities(ModelDisk.ALL)).isEqualTo(spinning);
    assertThat(capabilities(spinning, "rotational=false")).isEqualTo(ModelDisk.ALL);
  }

  private static Capabilities capabilities(Capabilities below, String... pairs) throws IOException {
    ModelDisk disk = new ModelDisk(512).with(below);
    return Chains.open(new RotationalFilterProvider(), disk, pairs).capabilities();
  }
}
