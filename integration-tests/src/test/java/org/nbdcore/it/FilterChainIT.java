package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.cli.InProcess;

/** Several filters on one command line, which runs in this process. */
@Tag("heavy")
class FilterChainIT {

  @TempDir Path folder;

  /** Serves, and runs a shell script as its client. */
  private InProcess.ProgramResult run(String client, String... words) {
    List<String> arguments = new ArrayList<>(List.of("-U", "-", "--run"));
    arguments.add("PATH=" + Client.PATH + "; cd " + folder + "; { " + client + "; } >said 2>&1");
    arguments.addAll(List.of(words));
    return InProcess.run(arguments);
  }

  private String output() throws Exception {
    return Files.readString(folder.resolve("said"));
  }

  private long longest(String log, String action) throws Exception {
    return Files.readAllLines(folder.resolve(log)).stream()
        .filter(line -> line.contains(" " + action + " id="))
        .mapToLong(line -> Long.decode(line.replaceAll(".*count=(\\w+).*", "$1")))
        .max()
        .orElse(0);
  }

  @Test
  void verboseShowsTheLayersInOrderWithTheKeysOfEach() {
    String[] filters = {
      "nofilter", "log", "blocksize", "cow", "nozero", "blocksize", "offset", "count", "nocache"
    };
    List<String> words = new ArrayList<>(List.of("-v"));
    for (String filter : filters) {
      words.add("--filter=" + filter);
    }
    words.addAll(List.of("memory", "1M", "minblock=4K", "offset=64K", "cache-mode=nop"));
    words.add("blocksize.2.maxdata=128K");
    InProcess.ProgramResult result = run("nbdinfo --size $uri", words.toArray(String[]::new));
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(result.output())
        .contains(
            "debug: layers, the one nearest the client first: nofilter > log"
                + " > blocksize (minblock) > cow > nozero > blocksize (minblock, maxdata)"
                + " > offset (offset) > count > nocache (cache-mode) > memory (size)\n");
  }

  @Test
  void eachCopyOfAFilterGetsItsOwnParameters() throws Exception {
    InProcess.ProgramResult result =
        run(
            "qemu-io -f raw -c 'read 0 1M' $uri",
            "memory",
            "1M",
            "--filter=blocksize",
            "--filter=log",
            "--filter=blocksize",
            "blocksize.1.maxdata=256K",
            "blocksize.2.maxdata=64K",
            "logfile=" + folder.resolve("between"));
    assertThat(result.status()).as(result.output() + output()).isZero();
    assertThat(longest("between", "Read")).isEqualTo(256 << 10);
    result =
        run(
            "qemu-io -f raw -c 'read 0 1M' $uri",
            "memory",
            "1M",
            "--filter=blocksize",
            "--filter=blocksize",
            "--filter=log",
            "blocksize.1.maxdata=256K",
            "blocksize.2.maxdata=64K",
            "logfile=" + folder.resolve("below"));
    assertThat(result.status()).as(result.output() + output()).isZero();
    assertThat(longest("below", "Read")).isEqualTo(64 << 10);
  }

  @Test
  void theOrderOfFiltersIsThatOfTheCommandLine() throws Exception {
    // of 1M: the first 512K, and then all but the first 64K; then in the other order
    String client = "nbdinfo --size $uri";
    run(
        client,
        "memory",
        "1M",
        "--filter=offset",
        "--filter=truncate",
        "truncate=512K",
        "offset=64K");
    assertThat(output()).isEqualTo((512 - 64) * 1024 + "\n");
    run(
        client,
        "memory",
        "1M",
        "--filter=truncate",
        "--filter=offset",
        "truncate=512K",
        "offset=64K");
    assertThat(output()).isEqualTo(512 * 1024 + "\n");
  }

  @Test
  void aFilterThatCannotOpenIsNamedToTheClientAndInTheLog() throws Exception {
    InProcess.ProgramResult result =
        run(
            "qemu-img info $uri",
            "memory",
            "1M",
            "--filter=nofilter",
            "--filter=partition",
            "--filter=count",
            "partition=1");
    assertThat(result.status()).isNotZero();
    assertThat(result.output()).contains("partition: cannot open: ");
    assertThat(output()).contains("partition: cannot open: ").doesNotContain("count:");
  }

  @Test
  void aFilterThatCannotStartIsNamed() {
    InProcess.ProgramResult result =
        run(
            "echo never",
            "memory",
            "1M",
            "--filter=nofilter",
            "--filter=pause",
            "pause-control=" + folder.resolve("no/such/folder"));
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output()).startsWith("nbd-core: error: pause: cannot start: pause-control=");
    assertThat(folder.resolve("said")).doesNotExist();
  }

  @Test
  void anUnknownKeyAndAWrongValueAreNamedWithTheirLayer() {
    String[] common = {"memory", "1M", "--filter=blocksize", "--filter=cow"};
    List<String> words = new ArrayList<>(List.of(common));
    words.add("minblok=512");
    assertThat(run("true", words.toArray(String[]::new)).output())
        .isEqualTo(
            "nbd-core: error: unknown key 'minblok' for blocksize, cow, memory;"
                + " did you mean minblock?\n");
    words.set(words.size() - 1, "cow-block-size=5000");
    assertThat(run("true", words.toArray(String[]::new)).output())
        .startsWith("nbd-core: error: cow: cow-block-size must be ");
  }
}
