package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The message of a process that crashes in VDDK. */
@Tag("newest")
class CrashTest {

  private static final int SIGABRT_STATUS = 128 + 6;

  @TempDir Path folder;
  private FakeVddk fake;
  private Path disk;

  @BeforeEach
  void createFakeVddk() throws Exception {
    disk = folder.resolve("disk.vmdk");
    Disks.random(disk, 1 << 20, 4);
    fake = FakeVddk.in(folder);
  }

  private PluginProgram.Result run() throws Exception {
    return PluginProgram.run(folder, Map.of(), "file=" + disk, "libdir=" + fake.libdir());
  }

  @ParameterizedTest
  @CsvSource({
    "Open, abort",
    "Open, segv",
    "ConnectEx, segv",
    "GetInfo, abort",
    "ReadAsync, segv",
    "ReadAsync, panic",
    "Close, abort"
  })
  void aCrashNamesTheCallInProgressAndTheVersion(String call, String kind) throws Exception {
    fake.set("crash." + call, kind);
    PluginProgram.Result result = run();
    assertThat(result.status()).isEqualTo(SIGABRT_STATUS);
    assertThat(result.lines())
        .contains(
            "nbd-core: error: vddk: the process crashes, with VMware VixDiskLib (8.0.3) Release"
                + " build-12345678 ("
                + fake.library()
                + ") loaded; calls of VDDK in progress: VixDiskLib_"
                + call);
  }

  @Test
  void aCrashBeforeTheVersionIsKnownNamesTheFile() throws Exception {
    fake.set("crash.InitEx", "abort");
    assertThat(run().lines())
        .contains(
            "nbd-core: error: vddk: the process crashes, with VDDK ("
                + fake.library()
                + ") loaded; calls of VDDK in progress: VixDiskLib_InitEx");
  }

  @Test
  void crashMessageOmitsCompletedCalls() throws Exception {
    fake.set("crash.Exit", "abort");
    assertThat(run().lines()).anyMatch(line -> line.endsWith("in progress: VixDiskLib_Exit"));
  }
}
