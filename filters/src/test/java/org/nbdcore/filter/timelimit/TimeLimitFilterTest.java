package org.nbdcore.filter.timelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.testkit.TestSession;

final class TimeLimitFilterTest {

  private final ModelDisk disk = new ModelDisk(65536).fill(1);
  private final TestSession session = new TestSession();

  @Test
  void requestsSucceedBeforeTheDefaultLimit() throws IOException {
    BlockDevice device = open();
    read(device, 0, 512);
    write(device, 0, new byte[512], Flags.NONE);
    device.flush();
    assertThat(session.connected()).isTrue();
  }

  @Test
  void everyRequestAfterTheLimitIsRefusedAndEndsTheConnection() throws IOException {
    BlockDevice device = open("time-limit=0");
    List<ThrowingCallable> calls =
        List.of(
            () -> read(device, 0, 512),
            () -> BlockDevices.readZeroCopy(device, 0, 512, null),
            () -> write(device, 0, new byte[512], Flags.NONE),
            device::flush,
            () -> device.trim(0, 512, Flags.NONE),
            () -> device.zero(0, 512, Flags.NONE),
            () -> Chains.extents(device, 0, 512, Flags.NONE),
            () -> device.cache(0, 512));
    for (ThrowingCallable call : calls) {
      assertThatThrownBy(call)
          .hasMessage("time-limit: the client has been connected for longer than it may (0 ms)")
          .isInstanceOfSatisfying(
              NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ESHUTDOWN));
    }
    assertThat(session.connected()).isFalse();
    assertThat(session.droppedByForce()).isFalse(); // so that the client sees the errors
    assertThat(disk.drainCalls()).isEmpty();
  }

  @Test
  void connectionEndsAfterTheTimeLimit() throws IOException {
    long start = System.nanoTime();
    BlockDevice device = open("time-limit=30ms");
    while (session.connected()) {
      readOrRefuse(device, start);
    }
    assertThat(session.connected()).isFalse();
  }

  @Test
  void everyConnectionHasItsOwnTimeLimit() throws IOException {
    Filter filter = Chains.filter(new TimeLimitFilterProvider(), "time-limit=30ms");
    long start = System.nanoTime();
    BlockDevice first = filter.open(session.request(""), disk);
    while (session.connected()) {
      readOrRefuse(first, start);
    }
    boolean read = false;
    while (!read) { // a slow machine may need more than 30 ms between open and read
      long opened = System.nanoTime();
      read = readOrRefuse(filter.open(new TestSession().request(""), disk), opened);
    }
    assertThatThrownBy(() -> read(first, 0, 512)).isInstanceOf(NbdException.class);
  }

  /**
   * Reads, and returns whether that succeeded; a refusal must come 30 ms after the opening or
   * later.
   */
  private static boolean readOrRefuse(BlockDevice device, long opened) throws IOException {
    try {
      read(device, 0, 512);
      return true;
    } catch (NbdException e) {
      assertThat(System.nanoTime() - opened).isGreaterThanOrEqualTo(30_000_000);
      return false;
    }
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.filter(new TimeLimitFilterProvider(), pairs).open(session.request(""), disk);
  }
}
