package org.nbdcore.filter.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;
import static org.nbdcore.filter.common.TestThreads.await;
import static org.nbdcore.filter.common.TestThreads.awaitWaitingOrEnd;
import static org.nbdcore.filter.common.TestThreads.start;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;

/** A read from the cache while another thread changes the same block. */
@Timeout(60)
final class CacheReaderTest {

  private static final int BLOCK = 65536;

  private final ModelDisk disk = new ModelDisk(16 * BLOCK).fill(1);

  /**
   * The reader has found a block in the cache and reads the block before it from the disk.
   * Meanwhile another thread evicts the cached block and stores a new one.
   */
  @Test
  void slotOfABlockBeingReadIsNotReused() throws Exception {
    Filter filter = Chains.filter(new CacheFilterProvider());
    BlockDevice device = Chains.open(filter, disk);
    write(device, BLOCK, bytes(7, BLOCK), Flags.NONE);
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("read")) {
            reading.countDown();
            await(go);
          }
        };
    FutureTask<byte[]> reader = new FutureTask<>(() -> read(device, 0, 2 * BLOCK));
    start(reader);
    await(reading);
    FutureTask<Void> changer =
        new FutureTask<>(
            () -> {
              device.zero(BLOCK, BLOCK, Flags.NONE);
              write(device, 5 * BLOCK, bytes(9, BLOCK), Flags.NONE);
              return null;
            });
    Thread changing = start(changer);
    awaitWaitingOrEnd(changing);
    go.countDown();
    byte[] found = reader.get(30, TimeUnit.SECONDS);
    changer.get(30, TimeUnit.SECONDS);
    assertThat(Arrays.copyOf(found, BLOCK)).isEqualTo(Arrays.copyOf(disk.bytes, BLOCK));
    assertThat(Arrays.copyOfRange(found, BLOCK, 2 * BLOCK))
        .as("a block that was 7 and became 0; 9 was written to another")
        .containsOnly(7);
    device.close();
    filter.close();
    assertThat(disk.breaches).isEmpty();
  }
}
