package org.nbdcore.filter.noparallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.ThreadModel;

final class NoparallelFilterTest {

  private static final NoparallelFilterProvider PROVIDER = new NoparallelFilterProvider();

  @Test
  void serializeSelectsTheThreadModel() {
    assertThat(model()).isEqualTo(ThreadModel.SERIALIZE_REQUESTS);
    assertThat(model("serialize=requests")).isEqualTo(ThreadModel.SERIALIZE_REQUESTS);
    assertThat(model("serialize=all-requests")).isEqualTo(ThreadModel.SERIALIZE_ALL_REQUESTS);
    assertThat(model("serialize=connections")).isEqualTo(ThreadModel.SERIALIZE_CONNECTIONS);
  }

  @Test
  void multiConnIsOfferedUnlessConnectionsAreSerialized() throws IOException {
    assertThat(multiConn("serialize=all-requests")).isTrue();
    assertThat(multiConn("serialize=connections")).isFalse();
  }

  @Test
  void otherValuesOfSerializeAreRefused() {
    assertThatThrownBy(() -> Chains.configure(PROVIDER, "serialize=all"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("serialize must be one of requests, all-requests, connections, not 'all'");
  }

  private static ThreadModel model(String... pairs) {
    return Chains.filter(PROVIDER, pairs).threadModel();
  }

  private static boolean multiConn(String... pairs) throws IOException {
    return Chains.open(PROVIDER, new ModelDisk(512), pairs).capabilities().multiConn();
  }
}
