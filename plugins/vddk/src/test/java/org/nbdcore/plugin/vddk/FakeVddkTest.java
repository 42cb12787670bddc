package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fake itself, used by a C program: it must be right before anything is tested with it. */
class FakeVddkTest {

  @TempDir Path folder;
  private Path disk;

  @TempDir static Path shared;
  private static Path driver;

  @BeforeAll
  static void compileTheDriver() throws IOException {
    Gcc.require();
    driver = shared.resolve("driver");
    Gcc.compile(driver, List.of("parts/driver.c"));
  }

  @BeforeEach
  void makeADisk() throws IOException {
    disk = folder.resolve("disk.vmdk");
    byte[] content = new byte[1 << 20];
    Arrays.fill(content, 0, 65536, (byte) 'a');
    Files.write(disk, content);
  }

  @ParameterizedTest
  @FieldSource("org.nbdcore.plugin.vddk.FakeVddk#VERSIONS")
  void aWholeSessionIsTracedWithoutFailures(String version) throws Exception {
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
  void withoutLdLibraryPathItWorksWithReducedTransports() throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    assertThat(run(fake, Map.of(), List.of("init", "modes", "connect", "open", "read")))
        .contains("modes file:nbd", "read 0");
    assertThat(fake.trace())
        .contains("load name=libdiskLibPlugin.so loaded=0", "load name=libvddkByName.so loaded=0");
  }

  @Test
  void aLinkedOneIsNotEvenLoadedWithoutLdLibraryPath() throws Exception {
    FakeVddk fake = FakeVddk.linkedIn(folder, "libvddkByName.so");
    assertThat(run(fake, Map.of(), List.of("init")))
        .singleElement()
        .asString()
        .contains("libvddkCrypto.so.3: cannot open shared object file");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "init init exit: InitEx called twice",
        "init exit init exit: InitEx called again after Exit",
        "connect init disconnect exit: AllocateConnectParams called before InitEx",
        "init connect disconnect exit connect: AllocateConnectParams called after Exit",
        "init connect disconnect: the process ended without Exit",
        "init connect open disconnect exit: Disconnect with 1 handles open",
        "init connect open exit: leak at Exit: 1 of 1 handle never given back",
        "init connect open close close disconnect exit: Close got a handle that is not live",
        "init connect open readasync close disconnect exit: Close with 1 calls in flight",
        "init connect open readasync spoil wait close disconnect exit: ReadAsync 1 was changed",
        "init connect open readasync unmap wait close disconnect exit: ReadAsync 1 was changed or"
            + " freed",
        "init connect open 2reads close disconnect exit: Read called during Read on handle 1",
        "init connect 2opens exit: Open called during Open",
        "init initnull exit: InitEx with a NULL logger"
      })
  void aBrokenRuleIsAFailure(String example) throws Exception {
    FakeVddk fake = FakeVddk.in(folder).set("async", "thread").set("async.delay", 100_000);
    fake.set("latency.Read", 100_000).set("latency.Open", 100_000);
    String[] stepsAndFailure = example.split(": ", 2);

    run(fake, stepsAndFailure[0].split(" "));

    assertThat(fake.failures()).anySatisfy(line -> assertThat(line).contains(stepsAndFailure[1]));
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
  void transfersShareALinkThatTakesItsTimeForEachMebibyte() throws Exception {
    FakeVddk fake = FakeVddk.in(folder).set("latency.mib", 12_800_000);
    run(fake, "init", "connect", "open", "read", "2reads", "close", "disconnect", "exit");
    // 4 KiB take 50 ms; two at a time, the second one twice as long.
    assertThat(fake.calls("Read"))
        .extracting(call -> call.number("us") / 50_000)
        .containsExactly(1L, 1L, 2L);
  }

  @Test
  void aFunctionCanBeMissing() throws Exception {
    FakeVddk fake =
        FakeVddk.in(folder, "6.7.3", Set.of("QueryAllocatedBlocks"), "libvddkByName.so");
    assertThat(run(fake, "init", "connect", "open", "query"))
        .contains("missing VixDiskLib_QueryAllocatedBlocks");
  }

  private List<String> run(FakeVddk fake, String... steps) throws Exception {
    return run(fake, Map.of("LD_LIBRARY_PATH", fake.lib64().toString()), List.of(steps));
  }

  private List<String> run(FakeVddk fake, Map<String, String> environment, List<String> steps)
      throws Exception {
    List<String> command =
        new ArrayList<>(List.of(driver.toString(), fake.library().toString(), disk.toString()));
    command.addAll(steps);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return printed.lines().toList();
  }
}
