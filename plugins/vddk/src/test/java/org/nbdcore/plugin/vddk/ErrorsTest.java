package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CounterSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.testkit.DiskContents;

/** Errors of VDDK, as the client sees them. */
class ErrorsTest {

  @TempDir Path folder;
  private FakeVddk fake;
  private Path disk;

  @BeforeEach
  void createFakeVddk() throws Exception {
    disk = folder.resolve("disk.vmdk");
    Disks.random(disk, 1 << 20, 5);
    fake = FakeVddk.in(folder);
  }

  @ParameterizedTest
  @CsvSource({
    "1, EIO, Unknown error",
    "2, ENOMEM, Memory allocation failed. Out of memory.",
    "3, EINVAL, One of the parameters was invalid",
    "8, ENOSPC, An error occurred while writing a file; the disk is full. Data has not been saved.",
    "11, EPERM, The file is write-protected",
    "13, EPERM, You do not have access rights to this file",
    "36, EIO, The connection to the host was lost",
    "14014, ESHUTDOWN, The server is being shut down",
    "16007, EINVAL, The requested disk range is outside the disk's capacity"
  })
  void vddkErrorMapsToTheNearestNbdErrorAndKeepsItsText(int code, NbdError error, String text)
      throws Exception {
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      BlockDevice device = session.openWritable();
      fake.set("fail.Flush", code).set("async.error", code);
      assertThatThrownBy(device::flush)
          .isInstanceOfSatisfying(NbdException.class, e -> assertThat(e.error()).isEqualTo(error))
          .hasMessage("VixDiskLib_Flush: " + text + " (error " + code + ")");
      assertThatThrownBy(() -> DiskContents.read(device, 0, 512))
          .hasMessageStartingWith("VixDiskLib_ReadAsync: " + text + " (error " + code + ")");
      assertThatThrownBy(() -> Disks.write(device, 0, new byte[512], Flags.NONE))
          .hasMessageStartingWith("VixDiskLib_WriteAsync: " + text + " (error " + code + ")");
    }
  }

  @Test
  void callsAndErrorsAreCountedByFunctionForTheWholeProcess() throws Exception {
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      BlockDevice device = session.openWritable();
      DiskContents.read(device, 0, 512);
      fake.set("fail.Flush", 7).set("async.error", 7);
      assertThatThrownBy(device::flush).hasMessageContaining("(error 7)");
      assertThatThrownBy(() -> DiskContents.read(device, 0, 512)).hasMessageContaining("(error 7)");
      ProcessCounters counters = new ProcessCounters();
      session.plugin().counters(counters);
      assertThat(counters.values)
          .containsEntry("calls call=ReadAsync", 2.0)
          .containsEntry("call_errors call=ReadAsync", 1.0)
          .containsEntry("calls call=Flush", 1.0)
          .containsEntry("call_errors call=Flush", 1.0)
          .containsEntry("call_errors call=Open", 0.0)
          .doesNotContainKey("calls call=WriteAsync");
      assertThat(counters.values.get("call_seconds call=ReadAsync")).isPositive();
    }
  }

  /** Accepts only counters of the process, which its layers share. */
  private static final class ProcessCounters implements CounterSink {
    private final Map<String, Double> values = new TreeMap<>();

    @Override
    public void counter(String name, String help, String label, String labelValue, double value) {
      throw new AssertionError(name + " belongs to the process");
    }

    @Override
    public CounterSink ofProcess() {
      return (name, help, label, labelValue, value) ->
          values.put(name + " " + label + "=" + labelValue, value);
    }
  }

  @Test
  void errorCodeIsTheLowSixteenBits() throws Exception {
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      BlockDevice device = session.openWritable();
      fake.set("fail.Flush", (7L << 32) + (3 << 16) + 13);
      assertThatThrownBy(device::flush).hasMessageContaining("access rights");
    }
  }

  /**
   * VDDK's header defines success as 0 in all bits. The code in the message is only a part of them.
   */
  @Test
  void nonZeroResultWithCodeZeroIsAnError() throws Exception {
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      BlockDevice device = session.openWritable();
      fake.set("fail.Flush", 3L << 32).set("async.error", 1 << 16);
      assertThatThrownBy(device::flush).hasMessageStartingWith("VixDiskLib_Flush: ");
      assertThatThrownBy(() -> DiskContents.read(device, 0, 512))
          .hasMessageStartingWith("VixDiskLib_ReadAsync: ");
      fake.set("fail.Open", 1 << 16).unset("async.error");
      assertThatThrownBy(session::openReadOnly).hasMessageStartingWith("VixDiskLib_Open: ");
      fake.unset("fail.Open");
    }
  }

  @Test
  void failedPartFailsALargeReadAfterAllPartsComplete() throws Exception {
    fake.set("async", "thread").set("async.delay", 2000).set("fail.ReadAsync", 7);
    Path large = folder.resolve("large.vmdk");
    Disks.random(large, 9 << 20, 6);
    try (VddkSession session = VddkSession.start(fake, "file=" + large)) {
      BlockDevice device = session.openReadOnly();
      fake.set("fail.ReadAsync.at", 3);
      assertThatThrownBy(() -> DiskContents.read(device, 0, 9 << 20))
          .hasMessageContaining("VixDiskLib_ReadAsync: ")
          .hasMessageContaining("(error 7)");
      assertThat(DiskContents.read(device, 0, 9 << 20)).hasSize(9 << 20);
    }
  }

  @Test
  void diskOpensAgainAfterTheConnectionIsLost() throws Exception {
    fake.set("async", "thread").set("disconnect.after", 256 << 10).set("disconnect.times", 2);
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      for (int i = 0; i < 2; i++) {
        BlockDevice cut = session.openReadOnly();
        DiskContents.read(cut, 0, 256 << 10);
        assertThatThrownBy(() -> DiskContents.read(cut, 256 << 10, 4096))
            .hasMessageContaining("The connection to the host was lost (error 36)");
        session.close(cut);
      }
      assertThat(DiskContents.read(session.openReadOnly(), 0, 1 << 20)).hasSize(1 << 20);
    }
  }

  @Test
  void lockedDiskIsReportedAsInUse() throws Exception {
    fake.set("locked", true);
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      assertThatThrownBy(session::openWritable)
          .hasMessage("VixDiskLib_Open: The file is already in use (error 15)");
    }
  }

  @Test
  void failedInitExIsReportedWithItsText() {
    assertThatThrownBy(() -> VddkSession.start(fake.set("fail.InitEx", 3), "file=" + disk).close())
        .hasMessage("VixDiskLib_InitEx: One of the parameters was invalid (error 3)");
  }
}
