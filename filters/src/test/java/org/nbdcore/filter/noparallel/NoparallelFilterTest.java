package org.nbdcore.filter.noparallel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.ThreadModel;

final class NoparallelFilterTest {

  @Test
  void eachModeIsAThreadModel() {
    assertThat(filter().threadModel()).isEqualTo(ThreadModel.SERIALIZE_REQUESTS);
    assertThat(filter("serialize=requests").threadModel())
        .isEqualTo(ThreadModel.SERIALIZE_REQUESTS);
    assertThat(filter("serialize=all-requests").threadModel())
        .isEqualTo(ThreadModel.SERIALIZE_ALL_REQUESTS);
    assertThat(filter("serialize=connections").threadModel())
        .isEqualTo(ThreadModel.SERIALIZE_CONNECTIONS);
  }

  @Test
  void oneConnectionAtATimeIsNoMultiConn() throws IOException {
    ModelDisk disk = new ModelDisk(512);
    assertThat(Chains.open(filter(), disk).capabilities().multiConn()).isTrue();
    assertThat(Chains.open(filter("serialize=connections"), disk).capabilities().multiConn())
        .isFalse();
  }

  private static Filter filter(String... pairs) {
    return Chains.filter(new NoparallelFilterProvider(), pairs);
  }
}
