package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.testkit.CapturedLog;
import org.nbdcore.testkit.DiskContents;

/** VDDK's log callbacks and the plugin's own debug messages. */
class LogTest {

  private static final String MANY_TYPES =
      "DEBUG FAKE-LOG  : s=text d=-7 u=4000000000 ld=-5000000000 llx=feedfacecafebeef"
          + " zu=1099511627776 c=Z pct=% prec=abc i=1,2,3"
          + " f=0.5,1.5,2.5,3.5,4.5,5.5,6.5,7.5,8.5,9.5 g=0.25 e=1.23e+04";

  @TempDir Path folder;
  private FakeVddk fake;
  private Path disk;
  private CapturedLog log;

  @BeforeEach
  void createFakeVddk() throws Exception {
    disk = folder.resolve("disk.vmdk");
    Disks.random(disk, 1 << 20, 5);
    fake = FakeVddk.in(folder);
    log = CapturedLog.start();
  }

  @Test
  void vddksLogLinesBecomeDebugMessagesWithoutLineEnds() throws Exception {
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      session.openReadOnly();
    }
    assertThat(log.withLevels())
        .contains("DEBUG VMware VixDiskLib (8.0.3) Release build-12345678")
        .contains(
            "DEBUG DISKLIB-LINK  : Opened '"
                + disk
                + "' (0xe): monolithicFlat, 2048 sectors / 1 MB.");
  }

  @Test
  void logArgumentsOfEveryTypeAreFormattedOnAnyThread() throws Exception {
    fake.set("log.types", true).set("log.foreign", 50).set("log.background", 200);
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      session.openReadOnly();
    }
    assertThat(log.withLevels().stream().filter(MANY_TYPES::equals)).hasSize(51);
    assertThat(log.withLevels())
        .contains(
            "DEBUG FAKE-LOG  : foreign thread 1 of pid "
                + ProcessHandle.current().pid()
                + ", line 49");
  }

  @Test
  void warningsAndPanicsAreLoggedAsErrorsExceptTelemetry() throws Exception {
    fake.set("log.warn", true).set("log.panic", true);
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      session.openReadOnly();
    }
    assertThat(log.withLevels())
        .contains("ERROR VixDiskLib: a warning with 1 arguments and no line end")
        .contains("DEBUG VDDK_PhoneHome: Get CEIP status failed")
        .contains("ERROR VixDiskLib: a panic that is survived");
  }

  @Test
  void veryLongLogLineIsNotTruncated() throws Exception {
    Path deep = folder;
    for (int i = 0; i < 8; i++) {
      deep = deep.resolve("d".repeat(200) + i);
    }
    Path longName = deep.resolve("disk.vmdk");
    Disks.random(longName, 4096, 1);
    try (VddkSession session = VddkSession.start(fake, "file=" + longName)) {
      session.openReadOnly();
    }
    assertThat(log.withLevels())
        .anyMatch(line -> line.contains("Opened '" + longName + "' (0xe): "));
  }

  @Test
  void dataCallsAreLoggedOnlyWithTheDatapathFlag() throws Exception {
    for (int datapath = 0; datapath <= 1; datapath++) {
      log = CapturedLog.start();
      try (VddkSession session =
          VddkSession.start(fake, "file=" + disk, "-D datapath=" + datapath)) {
        DiskContents.read(session.openReadOnly(), 0, 4096);
      }
      assertThat(log.withLevels())
          .anyMatch(line -> line.startsWith("DEBUG VDDK call: VixDiskLib_Open"));
      assertThat(log.withLevels().stream().anyMatch(line -> line.contains("VixDiskLib_ReadAsync")))
          .isEqualTo(datapath == 1);
      fake = FakeVddk.in(java.nio.file.Files.createDirectory(folder.resolve("more" + datapath)));
    }
  }

  @Test
  void diskinfoFlagLogsTheResultOfGetInfo() throws Exception {
    fake.set("links", 2).set("sector.physical", 4096).set("sector.logical", 1024);
    try (VddkSession session = VddkSession.start(fake, "file=" + disk, "-D diskinfo=1")) {
      session.openReadOnly();
    }
    assertThat(log.withLevels())
        .contains(
            "DEBUG disk info: capacity: 2048 sectors (1048576)",
            "DEBUG disk info: num links: 2",
            "DEBUG disk info: parent filename hint: parent.vmdk",
            "DEBUG disk info: sector size: logical 1024",
            "DEBUG disk info: sector size: physical 4096");
  }

  @Test
  void statsFlagLogsStatisticsAfterExit() throws Exception {
    try (VddkSession session = VddkSession.start(fake, "file=" + disk, "-D stats=1")) {
      BlockDevice device = session.openReadOnly();
      DiskContents.read(device, 0, 4096);
      DiskContents.read(device, 0, 8192);
    }
    assertThat(log.withLevels()).contains("DEBUG VDDK function stats (-D vddk.stats=1):");
    assertThat(log.withLevels())
        .anyMatch(line -> line.matches("DEBUG   ReadAsync +\\d+ +2 +12288"))
        .anyMatch(line -> line.matches("DEBUG   Open +\\d+ +1 *"))
        .anyMatch(line -> line.matches("DEBUG   Exit +\\d+ +1 *"))
        .anyMatch(line -> line.matches("DEBUG VixDiskLib_... +us calls +bytes"))
        .noneMatch(line -> line.contains("WriteAsync"));
  }

  @Test
  void statsOfAsyncCallsIncludeTheTimeToCompletion() throws Exception {
    fake.set("async", "thread").set("latency.ReadAsync", 20_000);
    try (VddkSession session = VddkSession.start(fake, "file=" + disk, "-D stats=1")) {
      DiskContents.read(session.openReadOnly(), 0, 4096);
    }
    String row =
        log.withLevels().stream()
            .filter(line -> line.contains("  ReadAsync "))
            .findAny()
            .orElseThrow();
    assertThat(Long.parseLong(row.strip().split(" +")[2])).as(row).isGreaterThanOrEqualTo(20_000);
  }

  @Test
  void statsHaveARowForEveryCalledFunction() throws Exception {
    fake.set("disk", disk);
    try (VddkSession session =
        VddkSession.start(
            fake,
            "file=[ds] disk.vmdk",
            "server=s",
            "user=u",
            "password=p",
            "vm=moref=v",
            "-D stats=1")) {
      BlockDevice device = session.openWritable();
      DiskContents.read(device, 0, 4096);
      Disks.write(device, 0, new byte[1024], Flags.NONE);
      fake.set("async", "refuse");
      DiskContents.read(device, 0, 512);
      fake.unset("async");
      BlockDevice other = session.openWritable();
      fake.set("async", "refuse");
      Disks.write(other, 0, new byte[2048], Flags.NONE);
      other.flush();
      ExtentMaps.firstReply(other, 0, 65536, Flags.NONE);
      session.close(device);
    }
    for (String function :
        List.of("InitEx", "ConnectEx", "Open", "GetInfo", "Flush", "Close", "Disconnect")) {
      assertThat(log.withLevels())
          .anyMatch(line -> line.matches("DEBUG   " + function + " +\\d+ +[1-9]\\d* *"));
    }
    for (String functionCallsAndBytes :
        List.of(
            "Read +\\d+ +1 +512",
            "Write +\\d+ +1 +2048",
            "QueryAllocatedBlocks +\\d+ +2 +131072",
            "ReadAsync +\\d+ +\\d+ +[1-9]\\d*",
            "WriteAsync +\\d+ +\\d+ +[1-9]\\d*")) {
      assertThat(log.withLevels())
          .anyMatch(line -> line.matches("DEBUG   " + functionCallsAndBytes));
    }
  }
}
