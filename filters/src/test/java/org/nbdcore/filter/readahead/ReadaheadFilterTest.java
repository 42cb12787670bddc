package org.nbdcore.filter.readahead;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;
import static org.nbdcore.filter.common.TestThreads.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.RandomOperations;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ThreadModel;

@Timeout(60)
final class ReadaheadFilterTest {

  private static final int REQUEST = 256 << 10;
  private static final int CHUNK = 512 << 10;

  private final ModelDisk disk =
      new ModelDisk(16 << 20).with(ModelDisk.ALL.withCache(Support.NONE)).fill(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private Filter filter;

  @AfterEach
  void stop() throws Exception {
    threads.shutdownNow();
    if (filter != null) {
      filter.close();
    }
    assertThat(disk.breaches).isEmpty();
  }

  @Test
  void sequentialReadsArePrefetched() throws IOException {
    BlockDevice device = open();
    byte[] all = new byte[disk.bytes.length];
    for (int at = 0; at < all.length; at += REQUEST) {
      System.arraycopy(read(device, at, REQUEST), 0, all, at, REQUEST);
      if (at >= REQUEST && at < all.length - 2 * CHUNK) {
        awaitCall("read " + (at / CHUNK + 1) * CHUNK + "+" + CHUNK);
      }
    }
    assertThat(all).isEqualTo(disk.bytes);
    assertThat(disk.drainCalls()).filteredOn(call -> call.endsWith("+" + REQUEST)).hasSize(2);
    device.close();
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void cacheRequestsAreNotSentIfTheLayerBelowDiscardsThem() throws IOException {
    disk.with(ModelDisk.ALL.withCache(Support.NATIVE).withCacheDiscards(true));
    BlockDevice device = open();
    for (int at = 0; at < 4 * REQUEST; at += REQUEST) {
      read(device, at, REQUEST);
    }
    awaitCall("read " + 4 * CHUNK + "+" + CHUNK);
    device.close();
    assertThat(disk.drainCalls()).noneMatch(call -> call.startsWith("cache"));
  }

  @Test
  void randomReadsCauseNoPrefetch() throws IOException {
    BlockDevice device = open();
    for (int at : new int[] {0, 9, 3, 14, 6, 1, 11}) {
      read(device, at << 20, 512);
    }
    device.close();
    assertThat(disk.drainCalls()).hasSize(7).allMatch(call -> call.endsWith("+512"));
  }

  @Test
  void changesOfAnotherConnectionAndExportAreVisible() throws IOException {
    BlockDevice reader = open();
    BlockDevice writer = filter.open(OpenRequest.detached("alias", false), disk);
    prefetchFirstChunks(reader);
    write(writer, CHUNK + 5, bytes(77, 10), Flags.NONE);
    assertThat(read(reader, CHUNK, 64))
        .isEqualTo(Arrays.copyOfRange(disk.bytes, CHUNK, CHUNK + 64));
    awaitPrefetched(reader);
    writer.zero(2 * CHUNK, 512, Flags.NONE);
    assertThat(read(reader, 2 * CHUNK, 512)).containsOnly(0);
    awaitPrefetched(reader);
    writer.trim(3 * CHUNK, 512, Flags.NONE);
    assertThat(read(reader, 3 * CHUNK, 512)).containsOnly(0);
  }

  @Test
  void prefetchOvertakenByAWriteIsDiscarded() throws Exception {
    BlockDevice device = open();
    CountDownLatch fetched = new CountDownLatch(1);
    CountDownLatch written = new CountDownLatch(1);
    disk.afterwards =
        (operation, offset, length, flags) -> {
          if (operation.equals("read") && offset == CHUNK && length == CHUNK) {
            fetched.countDown(); // the old data is in the buffer, but not yet in the cache
            await(written);
          }
        };
    read(device, 0, REQUEST);
    read(device, REQUEST, REQUEST);
    await(fetched);
    write(device, CHUNK, bytes(77, 100), Flags.NONE);
    written.countDown();
    assertThat(read(device, CHUNK, 100)).containsOnly(77);
  }

  @Test
  void prefetchStartedDuringAWriteIsDiscarded() throws Exception {
    BlockDevice device = open();
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch fetched = new CountDownLatch(1);
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("write")) {
            writing.countDown();
            await(fetched);
          }
        };
    Future<?> writer =
        threads.submit(
            () -> {
              write(device, CHUNK, bytes(77, 100), Flags.NONE);
              return null;
            });
    await(writing);
    prefetchFirstChunks(device);
    read(device, CHUNK + 1000, 10); // waits for the prefetch of the chunk
    fetched.countDown();
    writer.get(30, TimeUnit.SECONDS);
    assertThat(read(device, CHUNK, 100)).containsOnly(77);
  }

  @Test
  void dataOfAFailedPrefetchIsReadAgain() throws IOException {
    BlockDevice device = open();
    disk.hook =
        (operation, offset, length, flags) -> {
          if (length == CHUNK) {
            throw new IOException("planted");
          }
        };
    for (int at = 0; at < 4 << 20; at += REQUEST) {
      assertThat(read(device, at, REQUEST))
          .isEqualTo(Arrays.copyOfRange(disk.bytes, at, at + REQUEST));
    }
  }

  @Test
  void closeWaitsForPrefetchesOfItsConnection() throws Exception {
    BlockDevice device = open();
    CountDownLatch fetching = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    disk.afterwards =
        (operation, offset, length, flags) -> {
          if (length == CHUNK) {
            fetching.countDown();
            await(release);
          }
        };
    read(device, 0, REQUEST);
    read(device, REQUEST, REQUEST);
    await(fetching);
    Thread[] closer = new Thread[1];
    CountDownLatch started = new CountDownLatch(1);
    Future<?> closing =
        threads.submit(
            () -> {
              closer[0] = Thread.currentThread();
              started.countDown();
              device.close();
              return null;
            });
    await(started);
    while (closer[0].getState() != Thread.State.WAITING && !closing.isDone()) {
      Thread.onSpinWait(); // it must wait for the prefetch
    }
    assertThat(disk.open.get()).isEqualTo(1);
    release.countDown();
    closing.get(30, TimeUnit.SECONDS);
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void eightStreamsWithWritesReadCorrectDataInLittleMemory() throws Exception {
    long seed = new Random().nextLong();
    filter = started("readahead-memory=4M");
    List<Future<?>> running = new ArrayList<>();
    int region = 2 << 20;
    for (int i = 0; i < 8; i++) {
      int from = i * region;
      long mySeed = seed + i;
      running.add(threads.submit(() -> sequentialWithWrites(mySeed, from, from + region)));
    }
    for (Future<?> future : running) {
      assertThat(future).as("seed " + seed).succeedsWithin(50, TimeUnit.SECONDS);
    }
    assertThat(disk.open.get()).isZero();
  }

  private Void sequentialWithWrites(long seed, int from, int to) throws IOException {
    Random random = new Random(seed);
    for (int pass = 0; pass < 6; pass++) {
      BlockDevice device = Chains.open(filter, disk);
      byte[] model = Arrays.copyOfRange(disk.bytes, from, to);
      int length = 4096 << random.nextInt(6);
      for (int at = 0; at < model.length; at += length) {
        assertThat(read(device, from + at, length))
            .as("bytes at " + (from + at))
            .isEqualTo(Arrays.copyOfRange(model, at, at + length));
        int ahead = at + random.nextInt(1 << 20);
        if (ahead + 5000 < model.length) {
          byte[] data = bytes(random.nextInt(), 5000);
          write(device, from + ahead, data, Flags.NONE);
          System.arraycopy(data, 0, model, ahead, data.length);
        }
      }
      device.close();
    }
    return null;
  }

  @Test
  void everyOperationAgreesWithTheModel() throws IOException {
    long seed = new Random().nextLong();
    try {
      new RandomOperations(open(), seed, 0, 1 << 20, 50_000).run(500);
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  @Test
  void cacheRequestsReplacePrefetchesIfTheLayerBelowCaches() throws IOException {
    disk.with(ModelDisk.ALL);
    BlockDevice device = open();
    for (int at = 0; at < 2 << 20; at += REQUEST) {
      read(device, at, REQUEST);
    }
    device.close();
    assertThat(disk.drainCalls()).anyMatch(call -> call.startsWith("cache "));
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void nothingIsPrefetchedIfTheLayerBelowSerializesRequests() throws IOException {
    disk.threadModel = ThreadModel.SERIALIZE_REQUESTS;
    BlockDevice device = open();
    for (int at = 0; at < 2 << 20; at += REQUEST) {
      read(device, at, REQUEST);
    }
    assertThat(disk.drainCalls()).hasSize(8).allMatch(call -> call.endsWith("+" + REQUEST));
  }

  @Test
  void prefetchesRespectTheBlockSizesOfTheLayerBelow() throws IOException {
    disk.withBlockSizes(4096, 4096, 100 << 10);
    BlockDevice device = open();
    for (int at = 0; at < 4 << 20; at += 65536) {
      read(device, at, 65536);
    }
    device.close();
  }

  @Test
  void unalignedEndOfTheDiskIsNotPrefetched() throws IOException {
    ModelDisk odd = new ModelDisk(2 * CHUNK + 700);
    odd.with(ModelDisk.ALL.withCache(Support.NONE)).withBlockSizes(512, 4096, 1 << 20);
    filter = Chains.filter(new ReadaheadFilterProvider());
    filter.start(odd, StartContext.NONE);
    BlockDevice device = Chains.open(filter, odd);
    read(device, 0, REQUEST);
    read(device, REQUEST, REQUEST);
    awaitCall(odd, "read " + 2 * CHUNK + "+512");
    device.close();
    assertThat(odd.breaches).isEmpty();
  }

  @Test
  void tooLittleMemoryIsRefused() {
    assertThatThrownBy(() -> Chains.configure(new ReadaheadFilterProvider(), "readahead-memory=1M"))
        .hasMessage("readahead-memory must be between 4M and 64G, not 1048576");
  }

  private BlockDevice open() throws IOException {
    filter = started();
    return Chains.open(filter, disk);
  }

  private Filter started(String... pairs) throws IOException {
    Filter created = Chains.filter(new ReadaheadFilterProvider(), pairs);
    created.start(disk, StartContext.NONE);
    return created;
  }

  /** Reads the first chunk in order, and waits until the second one is being prefetched. */
  private void prefetchFirstChunks(BlockDevice device) throws IOException {
    disk.drainCalls();
    read(device, 0, REQUEST);
    read(device, REQUEST, REQUEST);
    awaitCall("read " + CHUNK + "+" + CHUNK);
  }

  /** Waits for the prefetches in progress. */
  private void awaitPrefetched(BlockDevice device) throws IOException {
    for (int chunk = 1; chunk < 4; chunk++) {
      read(device, chunk * CHUNK + 4096, 16);
    }
  }

  private void awaitCall(String call) {
    awaitCall(disk, call);
  }

  private static void awaitCall(ModelDisk disk, String call) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!disk.calls.contains(call)) {
      assertThat(System.nanoTime()).as("waiting for " + call).isLessThan(end);
      Thread.onSpinWait();
    }
  }
}
