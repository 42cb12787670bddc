package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.plugin.vddk.FakeVddk;

/** Linked as nbdkit, nbd-core works with the programs that start nbdkit. */
class DropInIT {

  private static final int SIZE = 16 << 20;
  private static final long SEED = 45;
  private static final String PASSWORD = "geheim wort";

  @RegisterExtension final Sandbox box = new Sandbox();

  private Path bin;

  @BeforeEach
  void linkAsNbdkit() throws IOException {
    bin = Files.createDirectory(box.file("bin"));
    Path launcher = Path.of(Distribution.built().command("nbd-core"));
    Files.createSymbolicLink(bin.resolve("nbdkit"), launcher);
  }

  private Ran nbdkit(String... arguments) {
    List<String> command = new java.util.ArrayList<>(List.of(bin.resolve("nbdkit").toString()));
    command.addAll(List.of(arguments));
    return box.run(box.ours(command), Programs.TIMEOUT);
  }

  @Tag("heavy") // what these programs run and read is the same on every Java
  @ParameterizedTest
  @ValueSource(
      strings = {
        "virt-v2v",
        "cdi",
        "forklift-cold",
        "forklift-warm",
        "migratekit",
        "vjailbreak",
        "xo",
        "xo-map",
        "port"
      })
  void programsWrittenForNbdkitCopyADisk(String consumer) throws Exception {
    assertCopiesDisk(consumer, Map.of());
  }

  /** The diversion that docs/command-line.md describes, in a root folder of the test. */
  @Test
  void aDiversionReplacesTheFixedPathThatVirtV2vRuns() throws Exception {
    Path root = box.file("root");
    Path fixed = Files.createDirectories(root.resolve("usr/bin")).resolve("nbdkit");
    Files.writeString(fixed, "the packaged program");
    Path dpkg = Files.createDirectories(root.resolve("var/lib/dpkg"));
    divert(dpkg, root, "--add");
    Files.createSymbolicLink(fixed, Path.of(Distribution.built().command("nbd-core")));
    Files.delete(bin.resolve("nbdkit"));
    assertCopiesDisk("virt-v2v", Map.of("NBDKIT", fixed.toString()));

    Files.delete(fixed);
    divert(dpkg, root, "--remove");
    assertThat(fixed).hasContent("the packaged program");
  }

  private void divert(Path dpkg, Path root, String action) {
    List<String> command =
        List.of(
            "dpkg-divert",
            "--admindir=" + dpkg,
            "--instdir=" + root,
            "--rename",
            action,
            "/usr/bin/nbdkit");
    box.run(box.builder(command), Programs.TIMEOUT).succeeded();
  }

  private void assertCopiesDisk(String consumer, Map<String, String> environment) throws Exception {
    Path disk = Files.createDirectories(box.file("ds/vm")).resolve("disk.vmdk");
    byte[] content = new byte[SIZE];
    new Random(SEED).nextBytes(content);
    Files.write(disk, content);
    FakeVddk fake =
        FakeVddk.in(box.file("vddk"))
            .set("datastore.dir", box.file("."))
            .set("login.password", PASSWORD);
    Path passwordFile = Files.writeString(box.file("password"), PASSWORD + "\n");

    String script = Distribution.repository("integration-tests/src/test/sh/drop-in.sh").toString();
    // The fake library replaces the server, so nothing may look for a server first.
    ProcessBuilder builder =
        box.ours(
            List.of(
                "/bin/sh",
                script,
                consumer,
                fake.libdir().toString(),
                "[ds] vm/disk.vmdk",
                "preflight=false"));
    builder.environment().put("PATH", bin + ":" + Client.PATH);
    builder.environment().putAll(environment);
    builder.environment().put("PASSWORD_FILE", passwordFile.toString());
    builder.environment().put("THUMBPRINT", "00:".repeat(19) + "00");
    Ran ran = box.run(builder, Programs.TIMEOUT).succeeded();

    assertThat(ran.out()).isEqualTo(SIZE + "\n");
    assertThat(Files.mismatch(box.file("copy"), disk)).as("%s's copy", consumer).isEqualTo(-1);
    assertThat(fake.failures()).as("rules of VDDK that were broken").isEmpty();
    assertThat(Files.readString(box.file("log"))).doesNotContain(PASSWORD);
  }

  @Test
  void probesReportTheVersionsOfNbdkitAndNbdCore() {
    assertThat(nbdkit("--version").succeeded().out())
        .matches("nbdkit 1\\.48\\.1 \\(nbd-core " + Distribution.VERSION + "\\)\n");
    assertThat(nbdkit("null", "--filter=cow", "--version").succeeded().out().lines())
        .hasSize(3)
        .contains("cow 1.48.1", "null 1.48.1");
    assertThat(nbdkit("--dump-config").succeeded().out().lines())
        .contains("name=nbdkit", "version=1.48.1", "version_major=1", "version_minor=48")
        .contains("nbd_core_version=" + Distribution.VERSION)
        .contains("root_tls_certificates_dir=/etc/pki/nbdkit")
        .contains("exit_with_parent=yes", "tls=yes", "run_default_socket=Unix")
        .contains("timeout_option=yes", "vsock_option=yes")
        .anyMatch(line -> line.startsWith("plugindir=/"))
        .anyMatch(line -> line.startsWith("host_cpu="));
    assertThat(nbdkit("file", "--dump-plugin").succeeded().out().lines())
        .contains("name=file", "version=1.48.1", "magic_config_key=file", "has_list_exports=1")
        .contains("thread_model=parallel", "max_thread_model=parallel")
        .anyMatch(line -> line.startsWith("struct_size="))
        .anyMatch(line -> line.startsWith("api_version="));
  }

  @Test
  void aPluginMayBeNamedByThePathOfDumpPlugin() {
    String path =
        nbdkit("memory", "--dump-plugin")
            .out()
            .lines()
            .filter(l -> l.startsWith("path="))
            .findAny()
            .orElseThrow()
            .substring("path=".length());
    assertThat(nbdkit(path, "--dump-plugin").succeeded().out()).contains("name=memory\n");
    assertThat(
            nbdkit("/usr/lib64/nbdkit/plugins/nbdkit-memory-plugin.so", "--dump-plugin")
                .succeeded()
                .out())
        .contains("name=memory\n");
  }

  @Test
  void messagesBeginWithTheProgramNameNbdkit() {
    assertThat(nbdkit("nosuch", "--version").err()).startsWith("nbdkit: error: ");
    assertThat(nbdkit("--name", "in0", "-f", "file", "nosuch").err())
        .startsWith("nbdkit[in0]: error: ");
    Ran ran = nbdkit("--name=in0", "-v", "memory", "1M", "--run", "nbdinfo \"$uri\" >/dev/null");
    assertThat(ran.succeeded().err().lines())
        .isNotEmpty()
        .allMatch(line -> line.startsWith("nbdkit[in0]: "))
        .contains("nbdkit[in0]: memory[1]: debug: memory: open readonly=0 exportname=\"\" tls=0");
  }
}
