package org.nbdcore.filter.rotational;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;

final class RotationalFilterTest {

  @Test
  void diskIsRotationalByDefault() throws IOException {
    ModelDisk notRotational = new ModelDisk(512);
    ModelDisk spinning = new ModelDisk(512).with(ModelDisk.ALL.withRotational(true));
    assertThat(rotational(notRotational)).isTrue();
    assertThat(rotational(spinning, "rotational=false")).isFalse();
    assertThat(rotational(notRotational, "rotational=true")).isTrue();
  }

  private static boolean rotational(ModelDisk disk, String... pairs) throws IOException {
    return Chains.open(new RotationalFilterProvider(), disk, pairs).capabilities().rotational();
  }
}
