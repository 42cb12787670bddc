package org.nbdcore.filter.openonce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.testkit.TestSession;

@Tag("newest")
final class OpenonceFilterTest {

  private final ModelDisk disk = new ModelDisk(65536).fill(1);
  private final Filter filter = Chains.filter(new OpenonceFilterProvider());

  @Test
  void consecutiveClientsShareADevice() throws IOException {
    connect("").close();
    BlockDevice second = connect("");
    assertThat(disk.opened).hasSize(1);
    assertThat(disk.opened.get(0).session().number()).isZero(); // it outlives the first client
    assertThat(Chains.read(second, 0, 1)[0]).isEqualTo(ModelDisk.at(1, 0));
    second.close();
    assertThat(disk.open.get()).isOne();
    filter.close();
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void eachExportAndAccessModeHasItsOwnDevice() throws IOException {
    connect("one");
    connect("two");
    connect("one");
    filter.open(OpenRequest.detached("one", true), disk);
    assertThat(disk.opened)
        .extracting(request -> request.exportName() + request.readOnly())
        .containsExactly("onefalse", "twofalse", "onetrue");
    filter.close();
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void failedOpenIsNotRemembered() throws IOException {
    disk.hook =
        (operation, offset, length, flags) -> {
          throw new IOException("planted");
        };
    assertThatThrownBy(() -> connect("")).hasMessage("planted");
    disk.hook = (operation, offset, length, flags) -> {};
    connect("");
  }

  @Test
  void requestsAreSerializedIfTheThreadModelRequiresIt() throws Exception {
    disk.threadModel = ThreadModel.SERIALIZE_REQUESTS;
    AtomicInteger concurrent = new AtomicInteger();
    AtomicInteger maxConcurrent = new AtomicInteger();
    disk.hook =
        (operation, offset, length, flags) -> {
          maxConcurrent.accumulateAndGet(concurrent.incrementAndGet(), Math::max);
          Thread.yield();
          concurrent.decrementAndGet();
        };
    CountDownLatch done = new CountDownLatch(4);
    for (int i = 0; i < 4; i++) {
      BlockDevice device = connect("");
      new Thread(
              () -> {
                try {
                  for (int n = 0; n < 500; n++) {
                    Chains.read(device, 0, 512);
                  }
                  done.countDown();
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              })
          .start();
    }
    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(maxConcurrent.get()).isOne();
  }

  private BlockDevice connect(String export) throws IOException {
    return filter.open(new TestSession().request(export), disk);
  }
}
