package org.nbdcore.filter.limit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.testkit.TestSession;

final class LimitFilterTest {

  private final ModelDisk disk = new ModelDisk(512);
  private long clients;

  @Test
  void defaultLimitIsOneClient() throws IOException {
    Filter filter = Chains.filter(new LimitFilterProvider());
    BlockDevice first = connect(filter);
    refused(filter, "limit=1 clients are connected already; try again later");
    first.close();
    connect(filter);
  }

  @Test
  void theLimitIsAParameter() throws IOException {
    Filter filter = Chains.filter(new LimitFilterProvider(), "limit=3");
    List<BlockDevice> devices = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      devices.add(connect(filter));
    }
    refused(filter, "limit=3 clients are connected already; try again later");
    devices.get(1).close();
    connect(filter);
    refused(filter, "limit=3 clients are connected already; try again later");
  }

  @Test
  void zeroMeansNoLimit() throws IOException {
    Filter filter = Chains.filter(new LimitFilterProvider(), "limit=0");
    for (int i = 0; i < 50; i++) {
      connect(filter);
    }
  }

  @Test
  void limitIsCheckedAgainInOpen() throws IOException {
    Filter filter = Chains.filter(new LimitFilterProvider());
    TestSession one = client();
    TestSession two = client();
    filter.preconnect(one, disk);
    filter.preconnect(two, disk);
    filter.open(one.request(""), disk);
    assertThatThrownBy(() -> filter.open(two.request(""), disk)).hasMessageStartingWith("limit=1");
  }

  @Test
  void devicesOfOneConnectionCountOnceAndDetachedOnesNever() throws IOException {
    Filter filter = Chains.filter(new LimitFilterProvider());
    TestSession session = client();
    filter.open(session.request(""), disk);
    BlockDevice second = filter.open(session.request("other"), disk);
    filter.open(OpenRequest.detached("", true), disk).close();
    second.close();
    refused(filter, "limit=1 clients are connected already; try again later");
  }

  @Test
  void aClientWhoseDiskCannotBeOpenedDoesNotCount() throws IOException {
    Filter filter = Chains.filter(new LimitFilterProvider());
    disk.hook =
        (operation, offset, length, flags) -> {
          throw new IOException("planted");
        };
    assertThatThrownBy(() -> connect(filter)).hasMessage("planted");
    disk.hook = (operation, offset, length, flags) -> {};
    connect(filter);
  }

  private TestSession client() {
    return new TestSession(++clients);
  }

  private void refused(Filter filter, String message) {
    assertThatThrownBy(() -> filter.preconnect(client(), disk)).hasMessage(message);
    assertThatThrownBy(() -> filter.open(client().request(""), disk)).hasMessage(message);
  }

  private BlockDevice connect(Filter filter) throws IOException {
    TestSession session = client();
    filter.preconnect(session, disk);
    return filter.open(session.request(""), disk);
  }
}
