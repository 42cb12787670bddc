package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * VDDK on large stacks, as C programs have, and on small stacks of its own threads. Each test runs
 * in its own process, because a stack overflow would end the process without a message.
 */
@Tag("newest")
class StackTest {

  private static final int SMALL = 64 << 10;

  @TempDir Path folder;
  private FakeVddk fake;
  private Path disk;
  private List<String> lines;

  @BeforeEach
  void createFakeVddk() throws Exception {
    disk = folder.resolve("disk.vmdk");
    Disks.random(disk, 1 << 20, 4);
    fake = FakeVddk.in(folder).set("disk", disk);
  }

  private void readDisk() throws Exception {
    PluginProgram.Result result =
        PluginProgram.run(
            folder,
            Map.of(),
            "file=[ds] disk.vmdk",
            "server=s",
            "user=u",
            "password=p",
            "vm=moref=v",
            "preflight=false",
            "libdir=" + fake.libdir());
    assertThat(result.lines()).anyMatch(line -> line.startsWith("first byte "));
    assertThat(result.status()).isZero();
    assertThat(fake.failures()).isEmpty();
    lines = result.lines();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "InitEx",
        "ConnectEx",
        "Open",
        "GetInfo",
        "QueryAllocatedBlocks",
        "ReadAsync",
        "Close",
        "Disconnect",
        "Exit"
      })
  void aCallMayUseSevenMegabytesOfStack(String call) throws Exception {
    fake.set("stack." + call, 7_000_000);
    readDisk();
  }

  @ParameterizedTest
  @ValueSource(ints = {SMALL, 128 << 10, 256 << 10, 400 << 10, 1 << 20})
  void completionThreadMayHaveAnyStackSize(int size) throws Exception {
    fake.set("async", "thread").set("async.stack", size).set("async.delay", 1000);
    readDisk();
  }

  @Test
  void loggingThreadMayHaveASmallStack() throws Exception {
    fake.set("log.stack", SMALL).set("log.foreign", 20);
    readDisk();
    assertThat(lines)
        .filteredOn(line -> line.startsWith("DEBUG FAKE-LOG  : foreign thread 1 of pid "))
        .hasSize(20)
        .last()
        .asString()
        .endsWith(", line 19");
    assertThat(lines)
        .filteredOn(line -> line.startsWith("DEBUG FAKE-LOG  : s=text d=-7 u=4000000000"))
        .hasSize(20);
  }
}
