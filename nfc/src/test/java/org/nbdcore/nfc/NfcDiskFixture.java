package org.nbdcore.nfc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.testkit.vsphere.FakeDisk;
import org.nbdcore.testkit.vsphere.FakeNfcHost;
import org.nbdcore.testkit.vsphere.NfcFaults;

/** A disk of a fake host, for tests that open it. */
abstract class NfcDiskFixture {

  static final String PATH = "[store] web/wéb.vmdk";
  static final int SIZE = 8 << 20;

  @TempDir Path folder;

  final NfcFaults faults = new NfcFaults();
  final byte[] content = new byte[SIZE];
  FileChannel file;
  FakeNfcHost host;

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

  NfcTicket ticket(boolean writable) {
    return NfcTicket.of("localhost", host.service(), host.issueTicket(writable), host.thumbprint())
        .withPort(host.port());
  }

  NfcDisk open(NfcOptions options) throws IOException {
    return NfcDisk.open(ticket(false), options, PATH, true);
  }

  static NfcOptions over(NfcTransport transport) {
    return NfcOptions.defaults().withTransport(transport);
  }

  byte[] expected(int offset, int length) {
    return java.util.Arrays.copyOfRange(content, offset, offset + length);
  }

  static byte[] read(NfcDisk disk, int offset, int length) throws IOException {
    ByteBuffer dst = ByteBuffer.allocate(length);
    disk.read(dst, offset);
    assertThat(dst.hasRemaining()).isFalse();
    return dst.array();
  }
}
