package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** The fake itself, used by a C program. Other tests rely on it. */
class FakeVddkTest {

  private static final String SESSION = "init connect open readasync";

  @TempDir Path folder;
  private Path disk;

  @TempDir static Path shared;
  private static FakeDriver driver;

  @BeforeAll
  static void compileTheDriver() throws IOException {
    driver = FakeDriver.in(shared);
  }

  @BeforeEach
  void setDiskPath() {
    disk = folder.resolve("disk.vmdk");
  }

  @ParameterizedTest
  @FieldSource("org.nbdcore.plugin.vddk.FakeVddk#VERSIONS")
  void completeSessionIsTracedWithoutFailures(String version) throws Exception {
    FakeVddk fake = FakeVddk.in(folder, version).set("blocks", "content");

    List<String> printed =
        run(
            fake,
            "init",
            "connect",
            "open",
            "info",
            "read",
            "write",
            "readasync",
            "wait",
            "query",
            "close",
            "disconnect",
            "exit");

    assertThat(printed)
        .contains("init 0", "open 0", "capacity 2048 logical " + logical(version))
        .contains("completion data=x result=0", "readasync 25000", "block 0+128", "query 0")
        .contains("VMware VixDiskLib (" + version + ") Release build-12345678");
    assertThat(fake.call("Open").text("path")).isEqualTo(disk.toString());
    assertThat(fake.call("Write").number("start")).isEqualTo(8);
    assertThat(fake.failures()).isEmpty();
    assertThat(Files.readAllBytes(disk)[8 * 512]).isEqualTo((byte) 'w');
  }

  private static String logical(String version) {
    return version.startsWith("6") ? "1000000" : "200";
  }

  @Test
  void fakeHasFewerTransportsWithoutLdLibraryPath() throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    assertThat(driver.with(disk).run(fake, Map.of(), "init", "modes", "connect", "open", "read"))
        .contains("modes file:nbd", "read 0");
    assertThat(fake.trace())
        .contains("load name=libdiskLibPlugin.so loaded=0", "load name=libvddkByName.so loaded=0");
  }

  @Test
  void linkedFakeDoesNotLoadWithoutLdLibraryPath() throws Exception {
    FakeVddk fake = FakeVddk.linkedIn(folder, "libvddkByName.so");
    assertThat(driver.with(disk).run(fake, Map.of(), "init"))
        .singleElement()
        .asString()
        .contains("libvddkCrypto.so.3: cannot open shared object file");
  }

  @Test
  void aCallCanBeMadeToFailOrToCrash() throws Exception {
    FakeVddk fake = FakeVddk.in(folder).set("fail.Read", 13).set("fail.Read.at", 2);
    fake.set("fail.Read.log", "something went wrong").set("crash.Write", "abort");

    List<String> printed =
        run(fake, "init", "connect", "open", "read", "read", "read", "write", "close");

    assertThat(printed)
        .containsSubsequence("read 0", "something went wrong", "read 13", "read 0")
        .doesNotContain("write 0");
    assertThat(fake.call("Write").text("crash")).isEqualTo("abort");
  }

  @Test
  void anApplicationMadeForALaterVersionIsRefused() throws Exception {
    assertThat(run(FakeVddk.in(folder, "6.7.3"), "init67")).contains("init67 0");
    assertThat(run(FakeVddk.in(Files.createDirectory(folder.resolve("6.5")), "6.5.4"), "init67"))
        .contains("init67 6");
  }

  @Test
  void transfersShareALinkOfLimitedThroughput() throws Exception {
    FakeVddk fake = FakeVddk.in(folder).set("latency.mib", 12_800_000);
    List<String> printed =
        run(fake, "init", "connect", "open", "read", "2reads", "close", "disconnect", "exit");
    // 4 KiB take 50 ms; two at a time, both together twice as long.
    assertThat(fake.calls("Read").get(0).number("us")).isGreaterThanOrEqualTo(50_000);
    String both = printed.stream().filter(line -> line.startsWith("both ")).findAny().orElseThrow();
    assertThat(Integer.parseInt(both.split(" ")[1])).as(both).isGreaterThanOrEqualTo(100);
  }

  @Test
  void traceOmitsReadsAndWritesIfTraceIoIsOff() throws Exception {
    FakeVddk fake = FakeVddk.in(folder).set("trace.io", false);
    run(fake, (SESSION + " read writeasync wait write close disconnect exit").split(" "));
    assertThat(fake.callNames())
        .contains("Open", "Wait", "Close")
        .doesNotContain("Read", "ReadAsync", "Write", "WriteAsync");
    assertThat(fake.trace())
        .noneMatch(line -> line.startsWith("Completion"))
        .filteredOn(line -> line.startsWith("SUMMARY calls "))
        .singleElement()
        .asString()
        .contains(" Read=1", " Write=1", " ReadAsync=1", " WriteAsync=1");
    assertThat(fake.failures()).isEmpty();
  }

  @Test
  void traceAndControlFileMayBeInAnotherFolder() throws Exception {
    FakeVddk fake = FakeVddk.in(folder).set("fail.Read", 13);
    Path trace = folder.resolve("other.trace");
    Path control = Files.writeString(folder.resolve("other.conf"), "trace=" + trace + "\n");
    assertThat(
            driver
                .with(disk)
                .run(
                    fake,
                    Map.of("FAKE_VDDK_CONTROL", control.toString()),
                    (SESSION + " read").split(" ")))
        .contains("read 0");
    assertThat(trace).content().contains("Read tid=");
    assertThat(fake.trace()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"async=refuse, 6", "async=refuse async.refuse=3, 3", "async=sync, 0"})
  void asyncCallsThatEndImmediatelyMakeNoCallback(String control, int result) throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    for (String setting : control.split(" ")) {
      fake.set(setting.split("=")[0], setting.split("=")[1]);
    }
    assertThat(run(fake, (SESSION + " wait close disconnect exit").split(" ")))
        .contains("readasync " + result)
        .noneMatch(line -> line.startsWith("completion"));
    assertThat(fake.failures()).isEmpty();
  }

  @Test
  void aFunctionCanBeMissing() throws Exception {
    FakeVddk fake =
        FakeVddk.in(folder, "6.7.3", Set.of("QueryAllocatedBlocks"), "libvddkByName.so");
    assertThat(run(fake, "init", "connect", "open", "query"))
        .contains("missing VixDiskLib_QueryAllocatedBlocks");
  }

  private List<String> run(FakeVddk fake, String... steps) throws Exception {
    return driver.with(disk).run(fake, steps);
  }
}
