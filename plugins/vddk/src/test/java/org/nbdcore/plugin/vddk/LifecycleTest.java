package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.testkit.CapturedLog;
import org.nbdcore.testkit.DiskContents;
import org.nbdcore.testkit.TestSession;

/** The thread that opens and closes disks, and what waits for it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LifecycleTest {

  private static final int SIZE = 1 << 20;
  private static final long LONG_MICROS = 3_000_000;

  @TempDir Path folder;
  private FakeVddk fake;
  private final ExecutorService clients = Executors.newCachedThreadPool();

  @BeforeEach
  void createFakeVddk() throws Exception {
    Disks.random(folder.resolve("ds/disk.vmdk"), SIZE, 9);
    fake = FakeVddk.in(folder).set("datastore.dir", folder);
  }

  private VddkSession start() throws Exception {
    return VddkSession.start(
        fake, "file=[ds] disk.vmdk", "server=s", "user=u", "password=p", "vm=moref=v");
  }

  private void awaitCalls(String name, int count) throws Exception {
    while (fake.calls(name).size() < count) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  /** The fake also reports each of these calls that comes on another thread than the first one. */
  @Test
  void opensClosesAndQueriesRunOnOneThread() throws Exception {
    try (VddkSession session = start()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        boolean readOnly = i % 2 == 0;
        running.add(
            clients.submit(
                () -> {
                  BlockDevice device = session.plugin().open(OpenRequest.detached("", readOnly));
                  ExtentMaps.firstReply(device, 0, SIZE, Flags.NONE);
                  DiskContents.read(device, 0, 4096);
                  device.close();
                  return null;
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    assertThat(fake.trace())
        .filteredOn(
            line ->
                line.matches(
                    "(ConnectEx|Open|Close|Disconnect|QueryAllocatedBlocks|InitEx|Exit) .*"))
        .extracting(line -> TraceLine.parse(line).text("tid"))
        .hasSizeGreaterThan(30)
        .containsOnly(fake.call("InitEx").text("tid"));
  }

  @Test
  void hangingOpenBlocksNeitherReadsNorCloses() throws Exception {
    // long enough for a read and a close on a machine that is very busy
    fake.set("latency.Open", 3 * LONG_MICROS).set("latency.Open.at", 2);
    try (VddkSession session = start()) {
      BlockDevice first = session.openReadOnly();
      Future<BlockDevice> second = clients.submit(session::openReadOnly);
      awaitCalls("ConnectEx", 2);

      DiskContents.read(first, 0, 65536);
      session.close(first);

      assertThat(fake.calls("Open")).as("opens that have ended").hasSize(1);
      second.get();
      assertThat(fake.calls("Open")).hasSize(2);
      session.openReadOnly();
      assertThat(fake.calls("Close")).as("closes after the hanging open").hasSize(1);
    }
  }

  @Test
  void noDiskIsOpenedForADisconnectedClient() throws Exception {
    TestSession departed = new TestSession();
    departed.disconnectClient();
    try (VddkSession session = start()) {
      assertThatThrownBy(() -> session.plugin().open(departed.request("").withReadOnly(true)))
          .isInstanceOf(NbdException.class)
          .hasMessageContaining("the connection is ending");
    }
    assertThat(fake.calls("ConnectEx")).isEmpty();
  }

  @Test
  void exitDoesNotWaitForAHangingOpenBeyondItsTimeout() throws Exception {
    fake.set("latency.Open", LONG_MICROS);
    try (VddkSession session = start()) {
      Future<BlockDevice> opening = clients.submit(session::openReadOnly);
      awaitCalls("ConnectEx", 1);
      VddkConfig config =
          VddkConfigReader.read(VddkSession.config("file=/x", "libdir=" + fake.libdir()));
      Vddk vddk = VddkProcess.get(config, Log.of("vddk"));
      assertThat(vddk.exit(1)).isFalse();
      assertThat(vddk.stats().note().inProgress()).isEqualTo("calls in progress: VixDiskLib_Open");
      opening.get();
    }
  }

  /** Otherwise Exit would run after that open, while its disk is still open. */
  @Test
  void queuedOpenFailsOnceVddkIsToExit() throws Exception {
    try (VddkSession session = start()) {
      VddkConfig config =
          VddkConfigReader.read(VddkSession.config("file=/x", "libdir=" + fake.libdir()));
      Vddk vddk = VddkProcess.get(config, Log.of("vddk"));
      CountDownLatch busy = new CountDownLatch(1);
      vddk.lifecycle().post(() -> awaitQuietly(busy));
      FutureTask<BlockDevice> opening =
          new FutureTask<>(() -> session.plugin().open(OpenRequest.detached("", true)));
      awaitState(started(opening), Thread.State.WAITING);
      FutureTask<Boolean> exiting = new FutureTask<>(() -> vddk.exit(0));
      awaitState(started(exiting), Thread.State.TIMED_WAITING);
      busy.countDown();
      assertThatThrownBy(opening::get)
          .hasCauseInstanceOf(NbdException.class)
          .hasMessageContaining("VDDK has been ended: the server is stopping");
      exiting.get();
    }
    assertThat(fake.calls("ConnectEx")).isEmpty();
    assertThat(fake.calls("Exit")).hasSize(1);
  }

  private static Thread started(FutureTask<?> task) {
    Thread thread = new Thread(task);
    thread.start();
    return thread;
  }

  private static void awaitState(Thread thread, Thread.State state) throws InterruptedException {
    while (thread.getState() != state && thread.isAlive()) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aCloseThatFailsIsLogged() throws Exception {
    CapturedLog log = CapturedLog.start();
    fake.set("fail.Close", 36);
    try (VddkSession session = start()) {
      session.close(session.openReadOnly());
    }
    assertThat(log.withLevels())
        .contains(
            "ERROR a disk was not closed properly: VixDiskLib_Close: The connection to the host was"
                + " lost (error 36)");
  }
}
