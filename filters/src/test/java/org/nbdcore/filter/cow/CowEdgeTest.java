package org.nbdcore.filter.cow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.filter.common.FileSwitch;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.SlotFile;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.BufferPool;

/** The cow filter with one buffer, a full temporary file or a partial last block. */
@Timeout(60)
final class CowEdgeTest {

  private static final int BLOCK = 4096;

  private final ModelDisk disk = new ModelDisk(8 * BLOCK).with(Capabilities.readOnly()).fill(1);

  /** Otherwise a request would hold one buffer while it waits for another. */
  @Test
  void oneBufferIsEnoughForEveryRequest() throws Exception {
    try (SlotFile file = Overlay.file(BLOCK)) {
      BlockDevice device = device(overlay(file), "true");
      FutureTask<Void> requests =
          new FutureTask<>(
              () -> {
                device.zero(0, BLOCK, Flags.NONE);
                device.zero(5, 10, Flags.NONE);
                write(device, 10, bytes(7, 10), Flags.NONE);
                device.zero(12, 2, Flags.NONE);
                device.zero(BLOCK + 5, 2 * BLOCK, Flags.NONE);
                read(device, 0, 8 * BLOCK);
                return null;
              });
      Thread thread = new Thread(requests, "requests");
      thread.setDaemon(true); // if it hangs, the other tests still run
      thread.start();
      requests.get(20, TimeUnit.SECONDS);
      byte[] expected = disk.bytes.clone();
      Arrays.fill(expected, 0, BLOCK, (byte) 0);
      Arrays.fill(expected, 10, 20, (byte) 7);
      Arrays.fill(expected, 12, 14, (byte) 0);
      Arrays.fill(expected, BLOCK + 5, 3 * BLOCK + 5, (byte) 0);
      assertThat(read(device, 0, 8 * BLOCK)).isEqualTo(expected);
    }
  }

  /** Otherwise it would store the block as it was before the first write, and lose that write. */
  @Test
  void writeToABlockBeingCopiedWaitsForTheCopy() throws Exception {
    try (SlotFile file = Overlay.file(BLOCK)) {
      Overlay overlay = new Overlay(disk.bytes.length, BLOCK, new BufferPool(BLOCK, 2), file);
      BlockDevice device = device(overlay, "false");
      CountDownLatch copying = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      disk.hook =
          (operation, offset, length, flags) -> {
            if (copying.getCount() > 0) {
              copying.countDown();
              awaitQuietly(go);
            }
          };
      Thread first = start(device, 10, 1);
      copying.await();
      Thread second = start(device, 20, 2);
      while (second.getState() != Thread.State.WAITING
          && second.getState() != Thread.State.TERMINATED) {
        Thread.onSpinWait();
      }
      go.countDown();
      first.join();
      second.join();
      byte[] expected = Arrays.copyOf(disk.bytes, BLOCK);
      Arrays.fill(expected, 10, 15, (byte) 1);
      Arrays.fill(expected, 20, 25, (byte) 2);
      assertThat(read(device, 0, BLOCK)).isEqualTo(expected);
    }
  }

  private static Thread start(BlockDevice device, int offset, int value) {
    Thread thread =
        new Thread(
            () -> {
              try {
                write(device, offset, bytes(value, 5), Flags.NONE);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    thread.setDaemon(true); // if it hangs, the other tests still run
    thread.start();
    return thread;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void readsSucceedIfBlocksCannotBeCopied() throws IOException {
    SlotFile file = Overlay.file(BLOCK);
    BlockDevice device = device(overlay(file), "true");
    file.close(); // as if the temporary file were full
    assertThat(read(device, 0, 8 * BLOCK)).isEqualTo(disk.bytes);
    assertThat(read(device, 10, BLOCK)).isEqualTo(Arrays.copyOfRange(disk.bytes, 10, BLOCK + 10));
  }

  @Test
  void unalignedEndOfTheDiskIsNotAccessed() throws IOException {
    ModelDisk odd = new ModelDisk(2 * BLOCK + 700).fill(1);
    odd.withBlockSizes(512, 4096, 1 << 20);
    try (SlotFile file = Overlay.file(BLOCK)) {
      Overlay overlay = new Overlay(odd.bytes.length, BLOCK, new BufferPool(BLOCK, 1), file);
      BlockDevice device = device(odd, overlay, "false");
      write(device, 2 * BLOCK, bytes(7, 512), Flags.NONE);
      device.zero(BLOCK + 512, 512, Flags.NONE);
      byte[] expected = Arrays.copyOf(odd.bytes, 2 * BLOCK + 512);
      Arrays.fill(expected, BLOCK + 512, BLOCK + 1024, (byte) 0);
      Arrays.fill(expected, 2 * BLOCK, expected.length, (byte) 7);
      assertThat(read(device, 0, expected.length)).isEqualTo(expected);
    }
    assertThat(odd.breaches).isEmpty();
  }

  @Test
  void buffersTakeNoMoreThanTheirShareOfMemory() {
    assertThat(BufferPool.within(64 << 20, 65536, 32).count()).isEqualTo(32);
    assertThat(BufferPool.within(64 << 20, 8 << 20, 32).count()).isEqualTo(8);
    assertThat(BufferPool.within(64 << 20, 64 << 20, 32).count()).isEqualTo(1);
    assertThat(BufferPool.within(1 << 20, 64 << 20, 32).count()).isEqualTo(1);
  }

  private Overlay overlay(SlotFile file) {
    return new Overlay(disk.bytes.length, BLOCK, new BufferPool(BLOCK, 1), file);
  }

  private BlockDevice device(Overlay overlay, String onRead) throws IOException {
    return device(disk, overlay, onRead);
  }

  private static BlockDevice device(ModelDisk disk, Overlay overlay, String onRead)
      throws IOException {
    BlockDevice below = disk.open(request());
    return new CowDevice(below, overlay, false, onRead(onRead), Session.DETACHED, () -> {});
  }

  private static FileSwitch onRead(String value) {
    try {
      return FileSwitch.parameter("cow-on-read", "").parse(value);
    } catch (org.nbdcore.spi.ConfigException e) {
      throw new AssertionError(e);
    }
  }

  private static OpenRequest request() {
    return OpenRequest.detached("", true);
  }
}
