package org.nbdcore.filter.retryrequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.RandomOperations;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.LostWritesException;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.testkit.TestSession;

final class RetryRequestFilterTest {

  private static final long SECOND = 1_000_000_000L;

  private final ModelDisk disk = new ModelDisk(1 << 16).fill(1);
  private final TestSession session = new TestSession();

  @Test
  void aRequestIsTriedTwiceMoreOnTheSameDisk() throws IOException {
    BlockDevice device = open();
    disk.failNext("read", 2);
    read(device, 0, 512);
    assertThat(session.sleeps()).containsExactly(2 * SECOND, 2 * SECOND);
    assertThat(disk.opened).hasSize(1);
    disk.failNext("read", 3);
    assertThatThrownBy(() -> read(device, 0, 512)).hasMessage("planted in read");
  }

  @Test
  void countAndDelayAreParameters() throws IOException {
    BlockDevice device = open("retry-request-retries=4", "retry-request-delay=5ms");
    disk.failNext("write", 4);
    write(device, 0, bytes(7, 512), Flags.FUA);
    assertThat(session.sleeps()).hasSize(4).containsOnly(5_000_000L);
    assertThat(read(device, 0, 512)).containsOnly(7);
  }

  @Test
  void openIsRetriedByDefault() throws IOException {
    disk.failNext("open", 2);
    open();
    disk.failNext("open", 1);
    assertThatThrownBy(() -> open("retry-request-open=false")).hasMessage("planted in open");
  }

  @Test
  void flushThatReportsLostWritesIsNotRepeated() throws IOException {
    BlockDevice device = open();
    disk.hook =
        (operation, offset, length, flags) -> {
          throw new LostWritesException("gone");
        };
    assertThatThrownBy(device::flush).isInstanceOf(LostWritesException.class).hasMessage("gone");
    assertThat(disk.drainCalls()).hasSize(1);
  }

  @Test
  void refusedFastZeroIsNotRetried() throws IOException {
    BlockDevice device = open();
    disk.hook =
        (operation, offset, length, flags) -> {
          throw new NbdException(NbdError.ENOTSUP, "slow");
        };
    assertThatThrownBy(() -> device.zero(0, 512, Flags.FAST_ZERO)).hasMessage("slow");
    assertThat(disk.drainCalls()).hasSize(1);
  }

  @Test
  void retriesEndWhenTheClientDisconnects() throws IOException {
    BlockDevice device = open();
    disk.failNext("read", 100);
    session.disconnectClient();
    assertThatThrownBy(() -> read(device, 0, 512)).hasMessage("planted in read");
    assertThat(disk.drainCalls()).hasSize(1);
  }

  @Test
  void everyOperationAgreesWithTheModelOverADiskThatFails() throws IOException {
    long seed = new Random().nextLong();
    Random faults = new Random(seed);
    BlockDevice device = open("retry-request-retries=1000");
    disk.hook =
        (operation, offset, length, flags) -> {
          if (faults.nextInt(5) == 0) {
            throw new IOException("planted");
          }
        };
    try {
      new RandomOperations(device, seed, 0, 1 << 16, 5000).run(2000);
    } catch (AssertionError | IOException e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.filter(new RetryRequestFilterProvider(), pairs).open(session.request(""), disk);
  }
}
