package org.nbdcore.plugin.vddk;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.nbdcore.plugin.vddk.Disks.write;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;
import org.nbdcore.testkit.DiskContents;

/** Reads and writes through the plugin, JNA and the fake's C code. */
class ReadWriteTest {

  private static final int SIZE = 8 << 20;
  private static final long SEED = 7;

  @TempDir Path folder;
  private Path disk;
  private byte[] content;

  @BeforeEach
  void createDisk() throws IOException {
    disk = folder.resolve("disk.vmdk");
    content = Disks.random(disk, SIZE, SEED);
  }

  @ParameterizedTest
  @FieldSource("org.nbdcore.plugin.vddk.FakeVddk#VERSIONS")
  void everyVersionReadsAndWrites(String version) throws Exception {
    FakeVddk fake = FakeVddk.in(folder, version);
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      BlockDevice device = session.openWritable();
      assertThat(device.size()).isEqualTo(SIZE);
      assertThat(DiskContents.read(device, 0, SIZE)).isEqualTo(content);

      byte[] bytes = new byte[4096];
      new Random(SEED + 1).nextBytes(bytes);
      write(device, 1024, bytes, Flags.NONE);
      assertThat(DiskContents.read(device, 1024, 4096)).isEqualTo(bytes);
      System.arraycopy(bytes, 0, content, 1024, 4096);
    }
    assertThat(Files.readAllBytes(disk)).isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "async=inline",
        "async=thread",
        "async=thread async.delay=3000",
        "async=thread async.order=lifo async.batch=3",
        "async=thread async.order=random async.delay=500",
        "async=wait",
        "async=refuse",
        "async=sync"
      })
  void parallelRequestsAreRightInEachCompletionMode(String mode) throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    for (String setting : mode.split(" ")) {
      fake.set(setting.split("=")[0], setting.split("=")[1]);
    }
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      BlockDevice device = session.openWritable();
      ExecutorService workers = Executors.newFixedThreadPool(8);
      List<Future<Void>> results = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        results.add(workers.submit(invertSlice(device, i)));
      }
      for (Future<Void> result : results) {
        result.get();
      }
      workers.shutdown();
    }
    byte[] flipped = content.clone();
    for (int i = 0; i < flipped.length; i++) {
      flipped[i] ^= (byte) 0xff;
    }
    assertThat(Files.readAllBytes(disk)).isEqualTo(flipped);
  }

  /** Inverts the slice, in requests of various lengths. */
  private Callable<Void> invertSlice(BlockDevice device, int slice) {
    return () -> {
      Random random = new Random(SEED + slice);
      int at = slice * (SIZE / 8);
      int end = at + SIZE / 8;
      while (at < end) {
        int length = Math.min(end - at, 512 * (1 + random.nextInt(400)));
        byte[] bytes = DiskContents.read(device, at, length);
        assertThat(bytes)
            .as("%d bytes at %d, seed %d", length, at, SEED)
            .isEqualTo(Arrays.copyOfRange(content, at, at + length));
        for (int i = 0; i < length; i++) {
          bytes[i] ^= (byte) 0xff;
        }
        write(device, at, bytes, Flags.NONE);
        at += length;
      }
      return null;
    };
  }

  @Test
  void aLargeRequestIsSplitIntoCallsOfTwoMebibytes() throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      assertThat(DiskContents.read(session.openReadOnly(), 512, 5 << 20))
          .isEqualTo(Arrays.copyOfRange(content, 512, 512 + (5 << 20)));
    }
    assertThat(fake.calls("ReadAsync"))
        .extracting(call -> call.number("start"), call -> call.number("sectors"))
        .containsExactly(tuple(1L, 4096L), tuple(4097L, 4096L), tuple(8193L, 2048L));
  }

  @Test
  void readsAndWritesUseTheBufferFromPositionToLimit() throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      BlockDevice device = session.openWritable();
      for (ByteBuffer buffer :
          List.of(
              ByteBuffer.allocateDirect(4096),
              ByteBuffer.allocate(4096),
              ByteBuffer.allocateDirect(8192).position(100).slice(),
              ByteBuffer.allocate(8192).position(100).slice())) {
        buffer.position(512).limit(512 + 1024);
        device.read(buffer, 2048);
        assertThat(buffer.remaining()).isZero();
        byte[] read = new byte[1024];
        buffer.position(512).get(read);
        assertThat(read).isEqualTo(Arrays.copyOfRange(content, 2048, 3072));
        assertThat(buffer.get(511)).isZero();
        assertThat(buffer.clear().get(512 + 1024)).isZero();

        buffer.position(512).limit(512 + 1024);
        device.write(buffer, 4096, Flags.NONE);
        assertThat(DiskContents.read(device, 4096, 1024)).isEqualTo(read);
        write(device, 4096, new byte[1024], Flags.NONE);
      }
    }
  }

  @Test
  void fuaWriteIsFollowedByAFlush() throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      BlockDevice device = session.openWritable();
      write(device, 0, new byte[512], Flags.NONE);
      assertThat(fake.calls("Flush")).isEmpty();
      write(device, 0, new byte[512], Flags.FUA);
      assertThat(fake.calls("Flush")).hasSize(1);
      device.flush();
      assertThat(fake.calls("Flush")).hasSize(2);
    }
  }

  @Test
  void readOnlyDiskIsOpenedReadOnly() throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      assertThat(session.openReadOnly().capabilities().write()).isFalse();
    }
    assertThat(fake.call("ConnectEx").number("readOnly")).isEqualTo(1);
    assertThat(fake.call("Open").number("flags")).isEqualTo(OpenFlags.READ_ONLY);
  }

  @Test
  void capabilitiesAreThoseOfVddk() throws Exception {
    FakeVddk fake = FakeVddk.in(folder).set("sector.physical", 65536);
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      Capabilities capabilities = session.openWritable().capabilities();
      assertThat(capabilities.write()).isTrue();
      assertThat(capabilities.flush()).isTrue();
      assertThat(capabilities.trim()).isFalse();
      assertThat(capabilities.fua()).isEqualTo(Support.NATIVE);
      assertThat(capabilities.zero()).isEqualTo(Support.NATIVE);
      assertThat(capabilities.multiConn()).isFalse();
      assertThat(capabilities.blockSizes())
          .isEqualTo(BlockSizes.of(512, 65536, BlockSizes.UNLIMITED));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"false", "true"})
  void sectorSizesAreNotReadFromTheShorterStructureOfVddk6(String guarded) throws Exception {
    FakeVddk fake = FakeVddk.in(folder, "6.7.3").set("info.guard", guarded);
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      assertThat(session.openReadOnly().capabilities().blockSizes().preferred()).isEqualTo(4096);
    }
  }

  @Test
  void bytesInFlightStayWithinTheBudget() throws Exception {
    int size = 48 << 20;
    Path large = folder.resolve("large.vmdk");
    try (FileChannel channel = FileChannel.open(large, CREATE_NEW, WRITE)) {
      channel.write(ByteBuffer.allocate(1), size - 1);
    }
    FakeVddk fake =
        FakeVddk.in(folder)
            .set("async", "thread")
            .set("async.delay", 20_000)
            .set("nfc.memory", 32 << 20);
    ExecutorService worker = Executors.newSingleThreadExecutor();
    try (VddkSession session = VddkSession.start(fake, "file=" + large)) {
      BlockDevice first = session.openReadOnly();
      BlockDevice second = session.openReadOnly();
      Future<byte[]> other = worker.submit(() -> DiskContents.read(second, 0, size));
      assertThat(Arrays.equals(DiskContents.read(first, 0, size), new byte[size])).isTrue();
      assertThat(Arrays.equals(other.get(), new byte[size])).isTrue();
    } finally {
      worker.shutdown();
    }
  }

  @Test
  void zeroesAreSplitLikeWrites() throws Exception {
    Path large = folder.resolve("large.vmdk");
    byte[] before = Disks.random(large, 9 << 20, 6);
    FakeVddk fake = FakeVddk.in(folder);
    try (VddkSession session = VddkSession.start(fake, "file=" + large)) {
      BlockDevice device = session.openWritable();
      device.zero(512, (5 << 20) + 512, Flags.FUA);
      java.util.Arrays.fill(before, 512, (5 << 20) + 1024, (byte) 0);
      assertThat(DiskContents.read(device, 0, 9 << 20)).isEqualTo(before);
      assertThatThrownBy(() -> device.zero(0, 512, Flags.FAST_ZERO))
          .isInstanceOfSatisfying(
              NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ENOTSUP));
      assertThat(DiskContents.read(device, 0, 512)[0]).isEqualTo(before[0]);
    }
    assertThat(fake.calls("WriteAsync"))
        .extracting(call -> call.number("sectors"))
        .containsExactly(4096L, 4096L, 2049L);
    assertThat(fake.calls("Flush")).hasSize(1);
  }
}
