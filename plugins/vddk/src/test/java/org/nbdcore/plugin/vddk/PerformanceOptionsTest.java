package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.testkit.DiskContents;

/** How requests are split, limited and distributed over handles. Also checks for leaks. */
class PerformanceOptionsTest {

  private static final int SIZE = 4 << 20;

  @TempDir Path folder;
  private FakeVddk fake;
  private Path disk;
  private byte[] content;

  @BeforeEach
  void createFakeVddk() throws Exception {
    disk = folder.resolve("disk.vmdk");
    content = Disks.random(disk, SIZE, 8);
    fake = FakeVddk.in(folder);
  }

  @Test
  void requestIsSplitByMaxRequest() throws Exception {
    try (VddkSession session = VddkSession.start(fake, "file=" + disk, "max-request=1536K")) {
      assertThat(DiskContents.read(session.openReadOnly(), 0, SIZE)).isEqualTo(content);
    }
    assertThat(fake.calls("ReadAsync"))
        .extracting(call -> call.number("sectors"))
        .containsExactly(3072L, 3072L, 2048L);
  }

  @Test
  void bytesInFlightStayWithinInFlight() throws Exception {
    fake.set("async", "thread").set("async.delay", 5000).set("nfc.memory", 128 << 10);
    try (VddkSession session =
        VddkSession.start(fake, "file=" + disk, "max-request=64K", "in-flight=128K")) {
      assertThat(DiskContents.read(session.openReadOnly(), 0, SIZE)).isEqualTo(content);
    }
  }

  @Test
  void readsTakeTurnsOnSeveralHandles() throws Exception {
    try (VddkSession session = VddkSession.start(fake, "file=" + disk, "handles=3")) {
      BlockDevice device = session.openReadOnly();
      for (int i = 0; i < 6; i++) {
        DiskContents.read(device, i * 512L, 512);
      }
      session.close(device);
      session.openWritable(); // runs after the pending closes
      assertThat(fake.calls("Close")).hasSize(3);
    }
    assertThat(fake.calls("ReadAsync"))
        .extracting(call -> call.number("handle"))
        .containsExactly(1L, 2L, 3L, 1L, 2L, 3L);
    assertThat(fake.calls("Open")).hasSize(4);
  }

  @Test
  void badValuesAreRefused() {
    assertThatThrownBy(() -> VddkSession.plugin("file=/d", "in-flight=1M"))
        .hasMessage(
            "in-flight must be at least max-request, which is 2097152, not 1048576: give both");
    assertThatThrownBy(() -> VddkSession.plugin("file=/d", "max-request=65M"))
        .hasMessage("max-request must be at most 67108864, not 68157440");
    assertThatThrownBy(() -> VddkSession.plugin("file=/d", "max-request=1000"))
        .hasMessage("max-request must be a multiple of 512 above 0, not 1000");
    assertThatThrownBy(() -> VddkSession.plugin("file=/d", "handles=17"))
        .hasMessage("handles must be from 1 to 16, not 17");
  }

  @Test
  void thousandOpensLeakNoDescriptorsAndNoMemory() throws Exception {
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      openAndClose(session, 50); // objects that are created only once
      long descriptors = descriptors();
      long mapped = residentKilobytes();
      openAndClose(session, 1000);
      assertThat(descriptors()).as("descriptors").isLessThanOrEqualTo(descriptors + 2);
      assertThat(residentKilobytes() - mapped).as("kilobytes more").isLessThan(64 << 10);
    }
    assertThat(fake.calls("Open")).hasSize(1050);
    assertThat(fake.calls("FreeConnectParams")).hasSize(1050);
  }

  private static void openAndClose(VddkSession session, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      BlockDevice device = i % 2 == 0 ? session.openReadOnly() : session.openWritable();
      DiskContents.read(device, 0, 4096);
      session.close(device);
    }
  }

  private static long descriptors() throws Exception {
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }

  private static long residentKilobytes() throws Exception {
    System.gc();
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new AssertionError("no VmRSS");
  }
}
