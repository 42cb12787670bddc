package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The newest QEMU, libnbd, guestfish and virt-v2v, from a newer Debian in a chroot, get from ours
 * what they get from the newest nbdkit. It runs with {@code ./check -Ppeers} only: it needs root,
 * and an hour for what virtual machines do on an emulated processor.
 */
@Timeout(value = 3, unit = TimeUnit.HOURS) // others have minutes
class NewestPeers {

  private static final Duration SETTING_UP = Duration.ofHours(3);
  private static final Duration CASE = Duration.ofHours(1);

  @RegisterExtension final Sandbox box = new Sandbox();

  private static Path script() {
    return Distribution.repository("integration-tests/src/test/sh/peers.sh");
  }

  /** Where the chroot is kept: outside the sources, as it takes an hour to make and 3 GB. */
  private static Path folder() {
    return Optional.ofNullable(System.getenv("NBD_CORE_PEERS"))
        .map(Path::of)
        .orElse(Path.of(System.getProperty("user.home"), ".cache", "nbd-core-peers"));
  }

  @BeforeAll
  static void makeTheChroot() throws Exception {
    Process process =
        new ProcessBuilder(script().toString(), "make", folder().toString()).inheritIO().start();
    assertThat(process.waitFor(SETTING_UP.toMinutes(), TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  /** Runs a case. What it printed stays in the folder: a run takes an hour. */
  private Ran run(String server, String name) throws IOException {
    Instant start = Instant.now();
    Ran ran = box.run(command(server, name), CASE);
    Path log = Files.createDirectories(folder().resolve("log"));
    long seconds = Duration.between(start, Instant.now()).toSeconds();
    Files.writeString(log.resolve(name + "." + server), "%s%nafter %d s%n".formatted(ran, seconds));
    return ran;
  }

  private ProcessBuilder command(String server, String name) {
    return box.builder(
        List.of(
            script().toString(),
            "run",
            folder().toString(),
            Distribution.folder().toString(),
            home(Distribution.java()).toString(),
            server,
            name));
  }

  /** The JDK's folder, of that or of its {@code bin/java}. */
  private static Path home(Path java) {
    return java.endsWith(Path.of("bin", "java")) ? java.getParent().getParent() : java;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "qemu-io",
        "convert",
        "convert-unordered",
        "convert-tls",
        "bench",
        "libnbd",
        "storage-daemon",
        "guestfish"
      })
  void theResultIsThatOfTheNewestNbdkit(String name) throws IOException {
    compare(name);
  }

  // A method each, because one takes half an hour: see -Dpeers.test in CONTRIBUTING.md.

  @Test
  void virtV2vConvertsToNowhere() throws IOException {
    compare("v2v-null");
  }

  @Test
  void virtV2vConvertsToALocalDisk() throws IOException {
    compare("v2v-local");
  }

  @Test
  void virtV2vConvertsAnOva() throws IOException {
    compare("v2v-ova");
  }

  @Test
  void virtV2vConvertsAVmx() throws IOException {
    compare("v2v-vmx");
  }

  @Test
  void virtV2vConvertsAVmxOverSshToQcow2() throws IOException {
    compare("v2v-vmx-ssh");
  }

  @Test
  void virtV2vInspects() throws IOException {
    compare("v2v-inspector");
  }

  @Test
  void virtV2vConvertsInPlace() throws IOException {
    compare("v2v-in-place");
  }

  /**
   * A disk from the scripts of virt-v2v's own tests: what virt-v2v looks at in a Windows Server
   * 2022.
   */
  @Test
  void virtV2vConvertsAPhonyWindows() throws IOException {
    compare("v2v-phony-windows");
  }

  @Test
  void virtV2vConvertsAPhonyFedora() throws IOException {
    compare("v2v-phony-fedora");
  }

  private void compare(String name) throws IOException {
    String ours = run("ours", name).succeeded().out();
    String theirs = run("nbdkit", name).succeeded().out();
    assertThat(ours).isEqualTo(theirs).contains(name + ": done");
  }

  @Test
  void openVmdkAndNbdCoreReadEachOthersDisks() throws IOException {
    assertThat(run("ours", "open-vmdk").succeeded().out()).contains("open-vmdk: done");
  }

  @Test
  void extendedHeadersCanBeTurnedOff() throws IOException {
    assertThat(run("ours", "no-extended-headers").succeeded().out())
        .contains("no-extended-headers: done");
  }
}
