package org.nbdcore.plugin.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.LostWritesException;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;

/** A server that stops and starts again on the same address. */
@Timeout(60)
final class ReconnectTest {

  @TempDir private Path folder;

  private RemoteServer remote;

  private void start(KeptDisks disks) throws Exception {
    remote = RemoteServer.start(disks, folder.resolve("remote"));
  }

  @AfterEach
  void stop() {
    remote.close();
  }

  private StartedPlugin plugin(boolean shared) throws Exception {
    return new StartedPlugin("socket=" + folder.resolve("remote"), "shared=" + shared);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void requestsContinueAfterTheServerRestarts(boolean shared) throws Exception {
    KeptDisks disks = new KeptDisks().with("", 4096);
    start(disks);
    try (StartedPlugin nbd = plugin(shared);
        BlockDevice device = nbd.device()) {
      StartedPlugin.write(device, 9, 9);
      device.flush();
      remote.close();
      start(disks);
      assertThat(StartedPlugin.read(device, 9)).isEqualTo((byte) 9);
      StartedPlugin.write(device, 10, 10);
      device.flush();
      assertThat(StartedPlugin.read(device, 10)).isEqualTo((byte) 10);
    }
  }

  @Test
  void requestsAndNewClientsFailWhileTheServerIsDown() throws Exception {
    KeptDisks disks = new KeptDisks().with("", 4096);
    start(disks);
    try (StartedPlugin nbd = plugin(false);
        BlockDevice device = nbd.device()) {
      remote.close();
      assertThatThrownBy(() -> StartedPlugin.read(device, 0))
          .isInstanceOf(NbdException.class)
          .hasMessageContaining("cannot connect");
      assertThatThrownBy(nbd::device).hasMessageContaining("cannot connect");
      start(disks);
      try (BlockDevice later = nbd.device()) {
        assertThat(StartedPlugin.read(later, 0)).isZero();
      }
    }
  }

  @Test
  void aFlushFailsOnceForEachClientIfWritesMayBeLost() throws Exception {
    KeptDisks disks = new KeptDisks().with("", 4096);
    start(disks);
    try (StartedPlugin nbd = plugin(true);
        BlockDevice one = nbd.device();
        BlockDevice other = nbd.device()) {
      StartedPlugin.write(one, 0, 1);
      remote.close();
      start(disks);
      StartedPlugin.read(one, 0);
      try (BlockDevice later = nbd.device()) {
        for (BlockDevice device : new BlockDevice[] {one, other}) {
          assertThatThrownBy(device::flush)
              .hasMessageContaining("unflushed writes may be lost")
              .isInstanceOfSatisfying(
                  NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EIO));
          device.flush();
        }
        later.flush();
      }
    }
  }

  @Test
  void closeReportsLostWritesThatNoFlushHasReported() throws Exception {
    KeptDisks disks = new KeptDisks().with("", 4096);
    start(disks);
    try (StartedPlugin nbd = plugin(true)) {
      BlockDevice writer = nbd.device();
      BlockDevice reader = nbd.device();
      StartedPlugin.write(writer, 0, 1);
      remote.close();
      assertThatThrownBy(() -> StartedPlugin.read(reader, 0)).isInstanceOf(NbdException.class);
      assertThatThrownBy(writer::close).isInstanceOf(LostWritesException.class);
      reader.close(); // it has no unflushed writes
    }
  }

  @Test
  void flushThatFindsTheConnectionLostFails() throws Exception {
    KeptDisks disks = new KeptDisks().with("", 4096);
    start(disks);
    try (StartedPlugin nbd = plugin(false);
        BlockDevice device = nbd.device()) {
      StartedPlugin.write(device, 0, 1);
      remote.close();
      start(disks);
      assertThatThrownBy(device::flush).hasMessageContaining("unflushed writes may be lost");
      device.flush();
    }
  }

  @Test
  void flushInFlightFailsIfAnotherRequestFindsTheConnectionLost() throws Exception {
    CutDisks disks = new CutDisks();
    start(disks);
    try (StartedPlugin nbd = plugin(false);
        BlockDevice device = nbd.device()) {
      StartedPlugin.write(device, 0, 1);
      disks.disconnectDuringFlush();
      CompletableFuture<Byte> read = async(() -> StartedPlugin.read(device, CutDisks.CUT));
      disks.arrived.await();
      assertThatThrownBy(device::flush).hasMessageContaining("unflushed writes may be lost");
      assertThat(read.get()).isZero();
      device.flush();
    }
  }

  @Test
  void writeCompletedAfterAnOverlappingFlushMayBeLost() throws Exception {
    CutDisks disks = new CutDisks();
    start(disks);
    try (StartedPlugin nbd = plugin(false);
        BlockDevice device = nbd.device()) {
      CompletableFuture<Void> write =
          async(
              () -> {
                StartedPlugin.write(device, CutDisks.SLOW, 1);
                return null;
              });
      disks.arrived.await();
      device.flush();
      disks.writeMayContinue.countDown();
      write.get();
      assertThat(StartedPlugin.read(device, CutDisks.CUT)).isZero();
      assertThatThrownBy(device::flush).hasMessageContaining("unflushed writes may be lost");
      device.flush();
    }
  }

  private static <T> CompletableFuture<T> async(Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread("async") {
          @Override
          public void run() {
            try {
              result.complete(work.call());
            } catch (Exception e) {
              result.completeExceptionally(e);
            }
          }
        };
    thread.start();
    return result;
  }

  @Test
  void changesWithFuaAreNotReportedAsLost() throws Exception {
    KeptDisks disks = new KeptDisks().with("", 4096);
    start(disks);
    try (StartedPlugin nbd = plugin(false);
        BlockDevice device = nbd.device()) {
      device.zero(0, 512, Flags.FUA);
      remote.close();
      start(disks);
      device.flush();
    }
  }

  @Test
  void reconnectToAnExportOfAnotherSizeIsRefused() throws Exception {
    start(new KeptDisks().with("", 4096));
    try (StartedPlugin nbd = plugin(false);
        BlockDevice device = nbd.device()) {
      remote.close();
      start(new KeptDisks().with("", 8192));
      assertThatThrownBy(() -> StartedPlugin.read(device, 0))
          .hasMessageContaining("has 8192 bytes now, not 4096: connect anew");
      try (BlockDevice reopened = nbd.plugin.open(OpenRequest.detached("", false))) {
        assertThat(reopened.size()).isEqualTo(8192);
      }
    }
  }
}
