package org.nbdcore.nfc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nbdcore.testkit.vsphere.Certificate;
import org.nbdcore.testkit.vsphere.FakeDisk;
import org.nbdcore.testkit.vsphere.FakeNfcHost;
import org.nbdcore.testkit.vsphere.NfcFaults;

@Timeout(60)
class NfcDiskTest {

  private static final String PATH = "[store] web/wéb.vmdk";
  private static final int SIZE = 8 << 20;

  @TempDir Path folder;

  private final NfcFaults faults = new NfcFaults();
  private final byte[] content = new byte[SIZE];
  private FileChannel file;
  private FakeNfcHost host;

  @BeforeEach
  void start() throws IOException {
    // data and zeroes in turn, 192 KiB each
    Random random = new Random(1);
    byte[] part = new byte[192 << 10];
    for (int at = 0; at + part.length <= SIZE; at += 2 * part.length) {
      random.nextBytes(part);
      System.arraycopy(part, 0, content, at, part.length);
    }
    file =
        FileChannel.open(
            folder.resolve("disk"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    file.write(ByteBuffer.wrap(content));
    host = FakeNfcHost.start(faults).disk(PATH, new FakeDisk(file));
  }

  @AfterEach
  void stop() throws IOException {
    host.close();
    file.close();
    assertThat(host.violations()).isEmpty();
    assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
        .noneMatch(name -> name.startsWith("nfc "));
  }

  private NfcTicket ticket(boolean writable) {
    return NfcTicket.of("localhost", host.service(), host.issueTicket(writable), host.thumbprint())
        .withPort(host.port());
  }

  private NfcDisk open(NfcOptions options) throws IOException {
    return NfcDisk.open(ticket(false), options, PATH, true);
  }

  private static NfcOptions over(NfcTransport transport) {
    return NfcOptions.defaults().withTransport(transport);
  }

  private byte[] expected(int offset, int length) {
    return java.util.Arrays.copyOfRange(content, offset, offset + length);
  }

  private static byte[] read(NfcDisk disk, int offset, int length) throws IOException {
    ByteBuffer dst = ByteBuffer.allocate(length);
    disk.read(dst, offset);
    assertThat(dst.hasRemaining()).isFalse();
    return dst.array();
  }

  @ParameterizedTest
  @EnumSource
  void diskIsReadWholeAndClosedInOrder(NfcTransport transport) throws IOException {
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
  void noMoreIsInFlightThanTheBuffersHoldThatTheServerAgreedTo() throws Exception {
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
  void allocatedChunksAreTold() throws IOException {
    try (NfcDisk disk = open(over(NfcTransport.NBD))) {
      assertThat(disk.allocated(0, 1 << 16, 9).toString()).isEqualTo("{0, 1, 2, 6, 7, 8}");
      assertThat(disk.allocated(4 << 16, 1 << 16, 4).toString()).isEqualTo("{2, 3}");
      assertThatThrownBy(() -> disk.allocated(512, 1 << 16, 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void valuesOfTheDescriptorAreTold() throws IOException {
    try (NfcDisk disk = open(over(NfcTransport.NBD))) {
      assertThat(disk.metadata("adapterType")).contains("lsilogic");
      assertThat(disk.metadata("uuid")).isEmpty();
    }
  }

  @Test
  void olderHostsAndSmallBuffersAreKnown() throws IOException {
    faults.oldHost().largestBuffer(1 << 16);
    try (NfcDisk disk = open(over(NfcTransport.NBDSSL).withLibraryVersion(7))) {
      assertThat(read(disk, 0, SIZE)).isEqualTo(content);
    }
  }

  @Test
  void ticketWorksOnceAndIsNeverTold() throws IOException {
    List<String> trace = new CopyOnWriteArrayList<>();
    String id = host.issueTicket(false);
    NfcTicket ticket =
        NfcTicket.of("localhost", host.service(), id, host.thumbprint()).withPort(host.port());
    NfcOptions options = NfcOptions.defaults().withTrace(trace::add);
    NfcDisk.open(ticket, options, PATH, true).close();
    assertThatThrownBy(() -> NfcDisk.open(ticket, options, PATH, true))
        .isInstanceOf(NfcLoginException.class)
        .hasMessageContaining("refused the ticket")
        .hasMessageContaining("530");
    assertThat(trace).isNotEmpty().noneMatch(line -> line.contains(id));
    assertThat(ticket.toString()).doesNotContain(id);
  }

  @Test
  void anotherCertificateIsRefusedWithoutUsingTheTicket() throws IOException {
    String id = host.issueTicket(false);
    String other = Certificate.OTHER.thumbprint("SHA-1");
    NfcTicket wrong = NfcTicket.of("localhost", host.service(), id, other).withPort(host.port());
    assertThatThrownBy(() -> NfcDisk.open(wrong, NfcOptions.defaults(), PATH, true))
        .hasMessageContaining(other)
        .hasMessageContaining(host.thumbprint());
    String sha256 =
        Certificate.HOST.thumbprint("SHA-256").replace(":", "").toLowerCase(java.util.Locale.ROOT);
    NfcTicket right = NfcTicket.of("localhost", host.service(), id, sha256).withPort(host.port());
    NfcDisk.open(right, NfcOptions.defaults(), PATH, true).close();
  }

  @Test
  void anotherCertificateForTheDataIsRefused() {
    faults.dataCertificate(Certificate.OTHER);
    assertThatThrownBy(() -> open(NfcOptions.defaults())).hasMessageContaining("thumbprint");
  }

  @Test
  void missingAndRunningDisksAreNamedWithWhatHelps() throws IOException {
    assertThatThrownBy(
            () -> NfcDisk.open(ticket(false), NfcOptions.defaults(), "[store] x.vmdk", true))
        .hasMessageContaining("'[store] x.vmdk'")
        .hasMessageContaining("file not found");
    host.disk("[store] run.vmdk", new FakeDisk(file).running(true));
    assertThatThrownBy(
            () -> NfcDisk.open(ticket(false), NfcOptions.defaults(), "[store] run.vmdk", true))
        .hasMessageContaining("take a snapshot");
  }

  @Test
  void sizeThatNoDiskHasIsRefused() {
    faults.size(1L << 60);
    assertThatThrownBy(() -> open(over(NfcTransport.NBD)))
        .isInstanceOf(NfcProtocolException.class)
        .hasMessageContaining("a disk of 1152921504606846976 bytes");
  }

  @Test
  void shortOfMemoryHostIsQuoted() {
    faults.outOfMemory(true);
    assertThatThrownBy(() -> open(over(NfcTransport.NBD)))
        .isInstanceOf(NfcException.class)
        .hasMessageContaining("NFC error 5")
        .hasMessageContaining("Failed to allocate the requested 24117272 bytes");
  }

  @Test
  void failedReadFailsAloneAndTheSessionGoesOn() throws IOException {
    try (NfcDisk disk = open(over(NfcTransport.NBD))) {
      faults.failReadsWith(7);
      assertThatThrownBy(() -> read(disk, 0, 512))
          .isInstanceOf(NfcException.class)
          .hasMessageContaining("read of 512 bytes at 0")
          .hasMessageContaining("file error");
      faults.failReadsWith(0);
      assertThat(read(disk, 0, 512)).isEqualTo(expected(0, 512));
    }
  }

  @ParameterizedTest
  @EnumSource
  void cutConnectionFailsAllRequests(NfcTransport transport) throws Exception {
    faults.cutAfterBytes(1 << 20);
    try (NfcDisk disk = open(over(transport))) {
      assertThat(read(disk, 0, 1 << 20)).isEqualTo(expected(0, 1 << 20));
      List<CompletableFuture<IOException>> ends = new ArrayList<>();
      for (int i = 1; i < 8; i++) {
        CompletableFuture<IOException> end = new CompletableFuture<>();
        disk.read(ByteBuffer.allocate(1 << 20), i << 20, end::complete);
        ends.add(end);
      }
      for (CompletableFuture<IOException> end : ends) {
        assertThat(end.get()).hasMessageContaining("read of 1048576 bytes at ");
      }
      assertThatThrownBy(() -> read(disk, 0, 512)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void silentHostIsGivenUp() throws IOException {
    faults.silent();
    NfcOptions options =
        over(NfcTransport.NBD).withTimeouts(Duration.ofSeconds(20), Duration.ofMillis(200));
    try (NfcDisk disk = open(options)) {
      assertThatThrownBy(() -> read(disk, 0, 512)).hasMessageContaining("has not answered");
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void brokenRepliesCostTheConnectionAndNothingElse(NfcFaults.ReplyFault fault) throws IOException {
    faults.replyFault(fault);
    NfcOptions options = over(NfcTransport.NBD).withCompression(NfcCompression.FASTLZ);
    try (NfcDisk disk = open(options)) {
      assertThatThrownBy(() -> read(disk, 0, 4096))
          .isInstanceOf(IOException.class)
          .hasRootCauseInstanceOf(NfcProtocolException.class);
    }
    faults.replyFault(NfcFaults.ReplyFault.NONE);
    try (NfcDisk disk = open(options)) {
      assertThat(read(disk, 0, 4096)).isEqualTo(expected(0, 4096));
    }
  }
}
