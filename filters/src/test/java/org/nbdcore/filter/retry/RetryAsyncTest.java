package org.nbdcore.filter.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.TestThreads.awaitWaitingOrEnd;
import static org.nbdcore.filter.common.TestThreads.start;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.CompletionProbe;
import org.nbdcore.testkit.SimulatedAsyncDevice;
import org.nbdcore.testkit.TestSession;
import org.nbdcore.testkit.TrackedBackend;

/** Asynchronous reads and writes that fail. */
@Timeout(60)
@Tag("newest")
final class RetryAsyncTest {

  private static final long SECOND = 1_000_000_000L;

  private final ModelDisk disk = new ModelDisk(1 << 16).fill(1);
  private final List<SimulatedAsyncDevice> devices = new ArrayList<>();
  private final TrackedBackend below = Backends.tracked(this::openHeld);
  private final List<Runnable> duringSleep = new ArrayList<>();
  private final TestSession session =
      new TestSession() {
        @Override
        public void sleep(long nanos) throws IOException {
          super.sleep(nanos);
          List<Runnable> now = List.copyOf(duringSleep);
          duringSleep.clear();
          now.forEach(Runnable::run);
        }
      };

  /** All requests are asynchronous and complete when the test releases them. */
  private BlockDevice openHeld(OpenRequest request) throws IOException {
    SimulatedAsyncDevice device = new SimulatedAsyncDevice(disk.open(request), devices.size());
    device.hold();
    devices.add(device);
    return device;
  }

  @AfterEach
  void assertNoViolations() {
    assertThat(below.violations()).isEmpty();
    assertThat(disk.breaches).isEmpty();
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.filter(new RetryFilterProvider(), pairs).open(session.request(""), below);
  }

  private static byte[] content(ByteBuffer buffer, int from, int length) {
    byte[] bytes = new byte[length];
    buffer.clear().position(from).get(bytes);
    return bytes;
  }

  private static CompletionProbe read(BlockDevice device, ByteBuffer dst, long offset)
      throws IOException {
    CompletionProbe probe = new CompletionProbe();
    assertThat(BlockDevices.readAsync(device, dst, offset, probe)).isTrue();
    return probe;
  }

  @Test
  void successfulRequestIsNotRepeated() throws Exception {
    try (BlockDevice device = open()) {
      assertThat(BlockDevices.prefersAsync(device)).isTrue();
      ByteBuffer buffer = ByteBuffer.allocateDirect(512);
      CompletionProbe probe = read(device, buffer, 1024);
      assertThat(devices.get(0).inFlight()).isEqualTo(1);
      devices.get(0).release();
      probe.join();
      assertThat(content(buffer, 0, 512)).isEqualTo(Arrays.copyOfRange(disk.bytes, 1024, 1536));
      assertThat(disk.drainCalls()).hasSize(1);
      assertThat(session.sleeps()).containsExactly(0L);
    }
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void failedReadIsRepeatedOnAReopenedDiskWhenItIsJoined() throws Exception {
    try (BlockDevice device = open()) {
      disk.failNext("read", 1);
      ByteBuffer buffer = ByteBuffer.allocateDirect(2048).position(100).limit(612);
      CompletionProbe probe = read(device, buffer, 1024);
      devices.get(0).release();
      devices.get(0).awaitCompletions();
      assertThat(disk.opened).as("opens before the result is joined").hasSize(1);
      probe.join();
      assertThat(content(buffer, 100, 512)).isEqualTo(Arrays.copyOfRange(disk.bytes, 1024, 1536));
      assertThat(content(buffer, 0, 100)).containsOnly(0);
      assertThat(content(buffer, 612, 1436)).containsOnly(0);
      assertThat(disk.drainCalls()).containsExactly("read 1024+512", "read 1024+512");
      assertThat(disk.opened).hasSize(2);
      assertThat(disk.open.get()).isEqualTo(1);
      assertThat(session.sleeps()).containsExactly(0L, 2 * SECOND);
    }
  }

  @Test
  void failedWriteIsRepeatedWithItsFlags() throws Exception {
    try (BlockDevice device = open()) {
      disk.failNext("write", 2);
      ByteBuffer data = ByteBuffer.allocateDirect(512).put(bytes(7, 512)).flip();
      CompletionProbe probe = new CompletionProbe();
      assertThat(BlockDevices.writeAsync(device, data, 512, Flags.FUA, probe)).isTrue();
      devices.get(0).release();
      probe.join();
      assertThat(Arrays.copyOfRange(disk.bytes, 512, 1024)).containsOnly(7);
      assertThat(disk.drainCalls())
          .hasSize(3)
          .allSatisfy(call -> assertThat(call).isEqualTo("write 512+512 flags=" + Flags.FUA));
      assertThat(session.sleeps()).containsExactly(0L, 2 * SECOND, 4 * SECOND);
    }
  }

  @Test
  void asynchronousAttemptCountsAsTheFirstAttempt() throws Exception {
    try (BlockDevice device = open("retries=1")) {
      disk.failNext("read", 100);
      CompletionProbe probe = read(device, ByteBuffer.allocateDirect(512), 0);
      devices.get(0).release();
      assertThatThrownBy(probe::join).hasMessage("planted in read");
      assertThat(disk.drainCalls()).hasSize(2);
      assertThat(session.sleeps()).containsExactly(0L, 2 * SECOND);
    }
  }

  @Test
  void requestsThatFailTogetherReopenOnceIfOneThreadJoinsThem() throws Exception {
    try (BlockDevice device = open()) {
      disk.failNext("read", 8);
      List<CompletionProbe> probes = new ArrayList<>();
      List<ByteBuffer> buffers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        buffers.add(ByteBuffer.allocateDirect(512));
        probes.add(read(device, buffers.get(i), i * 512L));
      }
      devices.get(0).release();
      devices.get(0).awaitCompletions();
      for (int i = 0; i < 8; i++) {
        probes.get(i).join();
        assertThat(content(buffers.get(i), 0, 512))
            .isEqualTo(Arrays.copyOfRange(disk.bytes, i * 512, i * 512 + 512));
      }
      assertThat(disk.opened).hasSize(2);
    }
  }

  @Test
  void failedDiskIsNotClosedWhileARequestIsInFlight() throws Exception {
    try (BlockDevice device = open()) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(512);
      CompletionProbe held = read(device, buffer, 0);
      disk.failNext("flush", 1);
      FutureTask<Void> failing = Chains.flushTask(device);
      awaitWaitingOrEnd(start(failing));
      assertThat(disk.opened).as("opens while a read was in flight").hasSize(1);
      assertThat(disk.open.get()).as("devices that were not closed").isEqualTo(1);
      devices.get(0).release();
      failing.get(30, TimeUnit.SECONDS);
      held.join();
      assertThat(content(buffer, 0, 512)).isEqualTo(Arrays.copyOf(disk.bytes, 512));
      assertThat(disk.opened).hasSize(2);
      assertThat(disk.open.get()).isEqualTo(1);
    }
  }

  @Test
  void asyncRequestsAreDeclinedDuringAndAfterAFailedReopening() throws Exception {
    try (BlockDevice device = open("retries=1")) {
      List<Boolean> started = new ArrayList<>();
      duringSleep.add(
          () -> started.addAll(List.of(BlockDevices.prefersAsync(device), acceptsAsync(device))));
      disk.failNext("flush", 1);
      ModelDisk.Hook failing = disk.hook;
      disk.hook =
          (operation, offset, length, flags) -> {
            if (operation.equals("open")) {
              throw new IOException("still down");
            }
            failing.before(operation, offset, length, flags);
          };
      assertThatThrownBy(device::flush).hasMessage("still down");
      assertThat(started).containsExactly(false, false);
      assertThat(BlockDevices.prefersAsync(device)).isFalse();
      assertThat(acceptsAsync(device)).isFalse();
      disk.hook = failing;
      device.flush(); // reopens
      assertThat(BlockDevices.prefersAsync(device)).isTrue();
    }
  }

  private static boolean acceptsAsync(BlockDevice device) {
    try {
      return BlockDevices.readAsync(device, ByteBuffer.allocateDirect(512), 0, result -> {})
          || BlockDevices.writeAsync(
              device, ByteBuffer.allocateDirect(512), 0, Flags.NONE, result -> {});
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void readonlyNeitherAcceptsNorRepeatsWritesAfterAFailure() throws Exception {
    try (BlockDevice device = open("retry-readonly=yes")) {
      CompletionProbe write = new CompletionProbe();
      disk.failNext("write", 1);
      assertThat(
              BlockDevices.writeAsync(device, ByteBuffer.allocateDirect(512), 0, Flags.NONE, write))
          .isTrue();
      devices.get(0).release();
      assertThatThrownBy(write::join)
          .isInstanceOfSatisfying(
              NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EPERM));
      assertThat(disk.opened.get(1).readOnly()).isTrue();
      assertThat(
              BlockDevices.writeAsync(
                  device, ByteBuffer.allocateDirect(512), 0, Flags.NONE, result -> {}))
          .isFalse();
      assertThat(disk.drainCalls()).hasSize(1);
    }
  }

  @Test
  void retriesEndWhenTheClientDisconnects() throws Exception {
    try (BlockDevice device = open()) {
      disk.failNext("read", 100);
      CompletionProbe probe = read(device, ByteBuffer.allocateDirect(512), 0);
      session.disconnectClient();
      devices.get(0).release();
      assertThatThrownBy(probe::join).hasMessage("planted in read");
      assertThat(disk.drainCalls()).hasSize(1);
    }
  }

  @Test
  void requestThatFailsAtOnceIsRepeated() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    Backend failing =
        request ->
            new PassThroughDevice(disk.open(request)) {
              @Override
              public boolean prefersAsync() {
                return true;
              }

              @Override
              public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
                  throws IOException {
                if (attempts.getAndIncrement() == 0) {
                  throw new IOException("planted in readAsync");
                }
                throw new IllegalStateException("planted fault of a plugin");
              }
            };
    try (BlockDevice device =
        Chains.filter(new RetryFilterProvider()).open(session.request(""), failing)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(512);
      read(device, buffer, 0).join();
      assertThat(content(buffer, 0, 512)).isEqualTo(Arrays.copyOf(disk.bytes, 512));
      assertThat(disk.opened).hasSize(2);
      assertThatThrownBy(() -> BlockDevices.readAsync(device, buffer.clear(), 0, result -> {}))
          .isInstanceOf(IllegalStateException.class);
      assertThat(BlockDevices.prefersAsync(device)).isTrue();
      disk.failNext("flush", 1);
      device.flush(); // it would wait if the failed request still used the device
      assertThat(disk.opened).hasSize(3);
    }
  }
}
