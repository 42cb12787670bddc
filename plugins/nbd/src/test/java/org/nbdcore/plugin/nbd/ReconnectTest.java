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

/** A server that goes and comes back on the same address. */
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

  private Opened plugin(boolean shared) throws Exception {
    return new Opened("socket=" + folder.resolve("remote"), "shared=" + shared);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void requestsGoOnWhenTheServerIsBack(boolean shared) throws Exception {
    KeptDisks disks = new KeptDisks().with("", 4096);
    start(disks);
    try (Opened nbd = plugin(shared);
        BlockDevice device = nbd.device()) {
      Opened.write(device, 9, 9);
      device.flush();
      remote.close();
      start(disks);
      assertThat(Opened.read(device, 9)).isEqualTo((byte) 9);
      Opened.write(device, 10, 10);
      device.flush();
      assertThat(Opened.read(device, 10)).isEqualTo((byte) 10);
    }
  }

  @Test
  void whileTheServerIsAwayRequestsFailAndNewClientsAreTold() throws Exception {
    KeptDisks disks = new KeptDisks().with("", 4096);
    start(disks);
    try (Opened nbd = plugin(false);
        BlockDevice device = nbd.device()) {
      remote.close();
      assertThatThrownBy(() -> Opened.read(device, 0))
          .isInstanceOf(NbdException.class)
          .hasMessageContaining("cannot connect");
      assertThatThrownBy(nbd::device).hasMessageContaining("cannot connect");
      start(disks);
      try (BlockDevice later = nbd.device()) {
        assertThat(Opened.read(later, 0)).isZero();
      }
    }
  }

  @Test
  void aFlushFailsOnceForEachClientIfWritesMayBeLost() throws Exception {
    KeptDisks disks = new KeptDisks().with("", 4096);
    start(disks);
    try (Opened nbd = plugin(true);
        BlockDevice one = nbd.device();
        BlockDevice other = nbd.device()) {
      Opened.write(one, 0, 1);
      remote.close();
      start(disks);
      Opened.read(one, 0);
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
  void aLossThatNoFlushHasToldIsToldByClose() throws Exception {
    KeptDisks disks = new KeptDisks().with("", 4096);
    start(disks);
    try (Opened nbd = plugin(true)) {
      BlockDevice writer = nbd.device();
      BlockDevice reader = nbd.device();
      Opened.write(writer, 0, 1);
      remote.close();
      assertThatThrownBy(() -> Opened.read(reader, 0)).isInstanceOf(NbdException.class);
      assertThatThrownBy(writer::close).isInstanceOf(LostWritesException.class);
      reader.close(); // it has nothing to lose
    }
  }

  @Test
  void theFlushOnWhichTheLossIsNoticedFailsToo() throws Exception {
    KeptDisks disks = new KeptDisks().with("", 4096);
    start(disks);
    try (Opened nbd = plugin(false);
        BlockDevice device = nbd.device()) {
      Opened.write(device, 0, 1);
      remote.close();
      start(disks);
      assertThatThrownBy(device::flush).hasMessageContaining("unflushed writes may be lost");
      device.flush();
    }
  }

  @Test
  void aFlushThatIsInFlightWhenAnotherRequestNoticesTheLossFails() throws Exception {
    CutDisks disks = new CutDisks();
    start(disks);
    try (Opened nbd = plugin(false);
        BlockDevice device = nbd.device()) {
      Opened.write(device, 0, 1);
      disks.cutOnceFlushing();
      CompletableFuture<Byte> read = async(() -> Opened.read(device, CutDisks.CUT));
      disks.arrived.await();
      assertThatThrownBy(device::flush).hasMessageContaining("unflushed writes may be lost");
      assertThat(read.get()).isZero();
      device.flush();
    }
  }

  @Test
  void aWriteAnsweredAfterAFlushThatItOverlappedMayBeLost() throws Exception {
    CutDisks disks = new CutDisks();
    start(disks);
    try (Opened nbd = plugin(false);
        BlockDevice device = nbd.device()) {
      CompletableFuture<Void> write =
          async(
              () -> {
                Opened.write(device, CutDisks.SLOW, 1);
                return null;
              });
      disks.arrived.await();
      device.flush();
      disks.goOn.countDown();
      write.get();
      assertThat(Opened.read(device, CutDisks.CUT)).isZero();
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
  void whatWasWrittenWithFuaIsNotLost() throws Exception {
    KeptDisks disks = new KeptDisks().with("", 4096);
    start(disks);
    try (Opened nbd = plugin(false);
        BlockDevice device = nbd.device()) {
      device.zero(0, 512, Flags.FUA);
      remote.close();
      start(disks);
      device.flush();
    }
  }

  @Test
  void anExportOfAnotherSizeIsNotTakenForTheSame() throws Exception {
    start(new KeptDisks().with("", 4096));
    try (Opened nbd = plugin(false);
        BlockDevice device = nbd.device()) {
      remote.close();
      start(new KeptDisks().with("", 8192));
      assertThatThrownBy(() -> Opened.read(device, 0))
          .hasMessageContaining("has 8192 bytes now, not 4096: connect anew");
      try (BlockDevice anew = nbd.plugin.open(OpenRequest.detached("", false))) {
        assertThat(anew.size()).isEqualTo(8192);
      }
    }
  }
}
