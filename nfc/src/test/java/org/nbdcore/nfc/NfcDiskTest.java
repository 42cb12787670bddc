package org.nbdcore.nfc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reads and writes a disk of a host. */
@Timeout(60)
class NfcDiskTest extends NfcDiskFixture {

  @ParameterizedTest
  @EnumSource
  void diskIsReadCompletelyAndClosedInOrder(NfcTransport transport) throws IOException {
    try (NfcDisk disk = open(over(transport))) {
      assertThat(disk.size()).isEqualTo(SIZE);
      assertThat(disk.sectorSize()).isEqualTo(512);
      assertThat(disk.geometry()).isEqualTo(new NfcGeometry(2088, 255, 63));
      assertThat(read(disk, 0, SIZE)).isEqualTo(content);
      assertThat(read(disk, 512, 512)).isEqualTo(expected(512, 512));
    }
    org.assertj.core.api.Assertions.assertThat(eventually("session complete")).isTrue();
    assertThat(host.events())
        .containsSubsequence("open " + PATH, "close " + PATH, "session complete");
  }

  private boolean eventually(String event) {
    long end = System.nanoTime() + 10_000_000_000L;
    while (!host.events().contains(event) && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    return host.events().contains(event);
  }

  @ParameterizedTest
  @EnumSource
  void fragmentsMayComeInAnyOrderAndCompressed(NfcCompression compression) throws IOException {
    faults.shuffled();
    NfcOptions options =
        over(NfcTransport.NBD).withBuffers(1 << 16, 4).withCompression(compression);
    try (NfcDisk disk = open(options)) {
      assertThat(read(disk, 0, SIZE)).isEqualTo(content);
    }
  }

  @ParameterizedTest
  @EnumSource
  void manyRequestsAreInFlight(NfcTransport transport) throws Exception {
    faults.latencyMicros(500);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<String> trace = new CopyOnWriteArrayList<>();
    try (NfcDisk disk = open(over(transport).withTrace(trace::add))) {
      List<CompletableFuture<Void>> reads = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        int length = 512 * (1 + random.nextInt(64));
        int offset = 512 * random.nextInt((SIZE - length) / 512);
        ByteBuffer dst = ByteBuffer.allocateDirect(length);
        CompletableFuture<Void> end = new CompletableFuture<>();
        disk.read(
            dst,
            offset,
            failure -> {
              try {
                assertThat(failure).isNull();
                assertThat(dst)
                    .as("seed %d", seed)
                    .isEqualTo(ByteBuffer.wrap(content, offset, length));
                end.complete(null);
              } catch (Throwable e) {
                end.completeExceptionally(e);
              }
            });
        reads.add(end);
      }
      CompletableFuture.allOf(reads.toArray(new CompletableFuture<?>[0])).get();
    }
    assertThat(mostInFlight(trace)).isBetween(16, 1024);
  }

  @Test
  void oneBufferMeansOneRequestInFlight() throws Exception {
    List<String> trace = new CopyOnWriteArrayList<>();
    NfcOptions options = over(NfcTransport.NBD).withBuffers(1 << 16, 1).withTrace(trace::add);
    try (NfcDisk disk = open(options)) {
      assertThat(read(disk, 0, SIZE)).isEqualTo(content);
    }
    assertThat(mostInFlight(trace)).isEqualTo(1);
  }

  @Test
  void requestsInFlightAreLimitedByTheNegotiatedBuffers() throws Exception {
    faults.largestBuffer(1 << 16).latencyMicros(500);
    List<String> trace = new CopyOnWriteArrayList<>();
    NfcOptions options = over(NfcTransport.NBD).withBuffers(1 << 20, 2).withTrace(trace::add);
    try (NfcDisk disk = open(options)) {
      List<CompletableFuture<IOException>> ends = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        CompletableFuture<IOException> end = new CompletableFuture<>();
        disk.read(ByteBuffer.allocate(1 << 16), i << 16, end::complete);
        ends.add(end);
      }
      for (CompletableFuture<IOException> end : ends) {
        assertThat(end.get()).isNull();
      }
    }
    assertThat(mostInFlight(trace)).isEqualTo(2);
  }

  private static int mostInFlight(List<String> trace) {
    int now = 0;
    int most = 0;
    for (String line : trace) {
      if (line.startsWith("nfc > request") && line.contains(": read")) {
        most = Math.max(most, ++now);
      } else if (line.startsWith("nfc < type 7 ") && lastFragment(line)) {
        now--;
      }
    }
    return most;
  }

  /** Fragments are in order here: the last one ends where the request does. */
  private static boolean lastFragment(String line) {
    String[] words = line.substring(line.indexOf(": ") + 2).split(" ");
    int total = Integer.parseUnsignedInt(words[6], 16);
    return Integer.parseUnsignedInt(words[7], 16) + Integer.parseUnsignedInt(words[8], 16) == total;
  }

  @ParameterizedTest
  @EnumSource
  void writesReachTheDiskAndFlushReopensIt(NfcTransport transport) throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    NfcOptions options = over(transport).withBuffers(1 << 16, 4);
    try (NfcDisk disk = NfcDisk.open(ticket(true), options, PATH, false)) {
      List<CompletableFuture<Void>> writes = new ArrayList<>();
      for (int at = 0; at < SIZE; at += 129 * 512 * 8) {
        byte[] data = new byte[Math.min(SIZE - at, 129 * 512)];
        random.nextBytes(data);
        System.arraycopy(data, 0, content, at, data.length);
        CompletableFuture<Void> end = new CompletableFuture<>();
        disk.write(
            ByteBuffer.wrap(data),
            at,
            failure -> {
              if (failure == null) {
                end.complete(null);
              } else {
                end.completeExceptionally(failure);
              }
            });
        writes.add(end);
      }
      CompletableFuture.allOf(writes.toArray(new CompletableFuture<?>[0])).get();
      disk.flush();
      assertThat(read(disk, 0, SIZE)).as("seed %d", seed).isEqualTo(content);
      disk.flush(); // nothing to do
      assertThat(host.events()).filteredOn(event -> event.startsWith("open")).hasSize(2);
    }
  }

  @Test
  void readOnlyDiskRefusesWrites() throws IOException {
    try (NfcDisk disk = open(over(NfcTransport.NBD))) {
      assertThatThrownBy(() -> disk.write(ByteBuffer.allocate(512), 0))
          .hasMessageContaining("reading only");
    }
    assertThatThrownBy(() -> NfcDisk.open(ticket(false), NfcOptions.defaults(), PATH, false))
        .isInstanceOf(NfcException.class)
        .hasMessageContaining("ticket for writing");
  }

  @Test
  void allocatedChunksAreReported() throws IOException {
    try (NfcDisk disk = open(over(NfcTransport.NBD))) {
      assertThat(disk.allocated(0, 1 << 16, 9).toString()).isEqualTo("{0, 1, 2, 6, 7, 8}");
      assertThat(disk.allocated(4 << 16, 1 << 16, 4).toString()).isEqualTo("{2, 3}");
      assertThatThrownBy(() -> disk.allocated(512, 1 << 16, 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void metadataOfTheDescriptorIsReported() throws IOException {
    try (NfcDisk disk = open(over(NfcTransport.NBD))) {
      assertThat(disk.metadata("adapterType")).contains("lsilogic");
      assertThat(disk.metadata("uuid")).isEmpty();
    }
  }

  @Test
  void olderHostsAndSmallBuffersAreSupported() throws IOException {
    faults.oldHost().largestBuffer(1 << 16);
    try (NfcDisk disk = open(over(NfcTransport.NBDSSL).withLibraryVersion(7))) {
      assertThat(read(disk, 0, SIZE)).isEqualTo(content);
    }
  }
}
