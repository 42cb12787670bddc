package org.nbdcore.nfc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nbdcore.testkit.vsphere.Certificate;
import org.nbdcore.testkit.vsphere.FakeDisk;
import org.nbdcore.testkit.vsphere.NfcFaults;

/** Hosts that refuse a disk, or fail while it is open. */
@Timeout(60)
final class NfcDiskFailuresTest extends NfcDiskFixture {

  @Test
  void ticketWorksOnceAndIsNotLogged() throws IOException {
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
  void anotherCertificateOnTheDataConnectionIsRefused() {
    faults.dataCertificate(Certificate.OTHER);
    assertThatThrownBy(() -> open(NfcOptions.defaults())).hasMessageContaining("thumbprint");
  }

  @Test
  void errorsForMissingAndRunningDisksNameTheDiskOrARemedy() throws IOException {
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
  void impossibleDiskSizeIsRefused() {
    faults.size(1L << 60);
    assertThatThrownBy(() -> open(over(NfcTransport.NBD)))
        .isInstanceOf(NfcProtocolException.class)
        .hasMessageContaining("a disk of 1152921504606846976 bytes");
  }

  @Test
  void outOfMemoryMessageOfTheHostIsReported() {
    faults.outOfMemory(true);
    assertThatThrownBy(() -> open(over(NfcTransport.NBD)))
        .isInstanceOf(NfcException.class)
        .hasMessageContaining("NFC error 5")
        .hasMessageContaining("Failed to allocate the requested 24117272 bytes");
  }

  @Test
  void failedReadDoesNotEndTheSession() throws IOException {
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
  void lostConnectionFailsAllRequests(NfcTransport transport) throws Exception {
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
  void requestToASilentHostTimesOut() throws IOException {
    faults.silent();
    NfcOptions options =
        over(NfcTransport.NBD).withTimeouts(Duration.ofSeconds(20), Duration.ofMillis(200));
    try (NfcDisk disk = open(options)) {
      assertThatThrownBy(() -> read(disk, 0, 512)).hasMessageContaining("has not answered");
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void malformedReplyFailsOnlyTheConnection(NfcFaults.ReplyFault fault) throws IOException {
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
