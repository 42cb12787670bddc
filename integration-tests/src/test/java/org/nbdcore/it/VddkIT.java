package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.nbdcore.plugin.vddk.FakeVddk;

/** The vddk plugin as its users run it, with a disk on a server that a fake VDDK simulates. */
class VddkIT {

  private static final int SIZE = 64 << 20;
  private static final long SEED = 20;
  private static final String THUMBPRINT = "00:".repeat(19) + "00";

  @RegisterExtension final Sandbox box = new Sandbox();

  private FakeVddk fake;
  private Path disk;

  @BeforeEach
  void prepareTheLibrary() throws IOException {
    disk = Files.createDirectories(box.file("ds/vm")).resolve("disk.vmdk");
    byte[] content = new byte[SIZE];
    new Random(SEED).nextBytes(content);
    Files.write(disk, content);
    fake = FakeVddk.in(box.file("vddk")).set("datastore.dir", box.file("."));
  }

  private List<String> remote(String password, String... more) {
    List<String> words = new ArrayList<>(List.of("vddk", "libdir=" + fake.libdir()));
    words.addAll(List.of("server=esx", "user=root", "vm=moref=1", "password=" + password));
    words.addAll(List.of("thumbprint=" + THUMBPRINT, "preflight=false"));
    words.addAll(List.of(more));
    return words;
  }

  private Server serve(String... more) throws IOException {
    return box.serve(remote("p", more).toArray(String[]::new));
  }

  /** Our command under nbdkit's name. */
  private Path asNbdkit() throws IOException {
    return Files.createSymbolicLink(
        box.file("nbdkit"), Path.of(Distribution.built().command("nbd-core")));
  }

  @Test
  void aConnectionLostDuringACopyIsOneErrorAndANewOneWorks() throws Exception {
    fake.set("disconnect.after", 20 << 20);
    Server server = serve("-r", "file=[ds] vm/disk.vmdk");
    Path copy = box.file("copy");
    Ran cut = box.run(Client.NBDCOPY, "--connections=1", server.uri(), copy.toString());
    assertThat(cut.status()).isNotZero();
    assertThat(cut.err().lines()).as("what the client printed").hasSize(1);
    assertThat(cut.err()).contains("Input/output error");
    box.run(Client.NBDCOPY, server.uri(), copy.toString()).succeeded();
    assertThat(Files.mismatch(copy, disk)).isEqualTo(-1);
    assertThat(server.stop().err())
        .contains("The connection to the host was lost (error 36)")
        .doesNotContain("Exception");
    assertThat(fake.failures()).isEmpty();
  }

  @Test
  void theRetryFilterHidesALostConnection() throws Exception {
    fake.set("disconnect.after", 20 << 20);
    Server server = serve("-r", "--filter=retry", "retry-delay=1", "file=[ds] vm/disk.vmdk");
    Path copy = box.file("copy");
    box.run(Client.NBDCOPY, server.uri(), copy.toString()).succeeded();
    assertThat(Files.mismatch(copy, disk)).isEqualTo(-1);
    server.stop();
    assertThat(fake.failures()).isEmpty();
  }

  @Test
  void theRetryFilterHidesThreeLostConnectionsInOneCopy() throws Exception {
    fake.set("disconnect.after", 15 << 20).set("disconnect.times", 3);
    Server server = serve("-r", "--filter=retry", "retry-delay=100ms", "file=[ds] vm/disk.vmdk");
    Path copy = box.file("copy");
    box.run(Client.NBDCOPY, "--connections=1", server.uri(), copy.toString()).succeeded();
    assertThat(Files.mismatch(copy, disk)).isEqualTo(-1);
    server.stop();
    assertThat(fake.failures()).isEmpty();
    assertThat(fake.calls("Open")).as("the first opening and one after each cut").hasSize(4);
    assertThat(fake.calls("Close")).hasSize(4);
  }

  @Test
  void clientsReadSeveralFilesByExportName() throws Exception {
    Path second = disk.resolveSibling("disk_1.vmdk");
    Files.write(second, new byte[1 << 20]);
    Server server = serve("-r", "export=\\[ds\\] vm/*.vmdk");
    String script =
        """
        import nbd
        sizes = []
        handles = [nbd.NBD() for i in range(4)]
        for i, one in enumerate(handles):
          one.set_export_name("[ds] vm/disk%s.vmdk" % ("" if i % 2 == 0 else "_1"))
          one.connect_unix("SOCKET")
          sizes.append(one.get_size())
          one.pread(65536, 0)
        other = nbd.NBD()
        other.set_export_name("[ds] other/disk.vmdk")
        try:
          other.connect_unix("SOCKET")
          sizes.append("let in")
        except nbd.Error as error:
          sizes.append("refused")
        print(sizes)
        """
            .replace("SOCKET", server.socket().toString());
    assertThat(box.run(Client.PYTHON, "-c", script).succeeded().line())
        .isEqualTo("[67108864, 1048576, 67108864, 1048576, 'refused']");
    server.stop();
    assertThat(fake.failures()).isEmpty();
    assertThat(fake.calls("Open")).hasSize(4);
  }

  @Test
  void logLinesHaveTheFormatOfNbdkit() throws Exception {
    List<String> command = new ArrayList<>(List.of(asNbdkit().toString(), "-v", "-D"));
    command.addAll(List.of("vddk.stats=1", "-D", "vddk.datapath=0", "-r"));
    command.addAll(remote("p", "file=[ds] vm/disk.vmdk"));
    command.addAll(List.of("--run", "nbdcopy \"$uri\" null:"));
    Ran ran = box.run(box.ours(command), Duration.ofSeconds(90)).succeeded();
    assertThat(ran.err().lines())
        .contains("nbdkit: debug: VMware VixDiskLib (8.0.3) Release build-12345678")
        .anyMatch(
            line ->
                line.startsWith(
                    "nbdkit: vddk[1]: debug: DISKLIB-LINK  : Opened '[ds] vm/disk.vmdk'"))
        .contains("nbdkit: debug: VDDK function stats (-D vddk.stats=1):")
        .anyMatch(line -> line.matches("nbdkit: debug:   ReadAsync +\\d+ +\\d+ +\\d+"))
        .anyMatch(line -> line.matches("nbdkit: debug:   Open +\\d+ +\\d+ *"))
        .anyMatch(line -> line.matches("nbdkit: debug:   Exit +\\d+ +1 *"))
        .noneMatch(line -> line.contains("VDDK call: VixDiskLib_ReadAsync"))
        .noneMatch(line -> line.contains("  Write "));
  }

  @Test
  void dumpPluginIsComplete() {
    Ran ran = box.nbdCore("vddk", "--dump-plugin", "libdir=" + fake.libdir());
    assertThat(ran.succeeded().out().lines())
        .contains("name=vddk", "magic_config_key=file", "vddk_has_nfchostport=1")
        .contains("vddk_default_libdir=/usr/lib64/vmware-vix-disklib", "vddk_library_version=8")
        .contains("vddk_transport_modes=file:san:hotadd:nbdssl:nbd", "VixDiskLib_Open=1")
        .contains("thread_model=parallel")
        .anyMatch(line -> line.startsWith("path="))
        .anyMatch(line -> line.startsWith("version="))
        .anyMatch(line -> line.startsWith("api_version="))
        .anyMatch(line -> line.startsWith("vddk_dll=" + fake.lib64() + "/libvixDiskLib.so.8"));
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void dumpPluginWithoutLibdirIsSilentOnStandardError() {
    Ran ran = box.nbdCore("vddk", "--dump-plugin");
    assertThat(ran.succeeded().out())
        .contains("name=vddk\n", "vddk_has_fnm_pathname=0\n", "has_pwrite=1\n")
        .doesNotContain("vddk_library_version");
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void dumpPluginFailsWithAnUnusableLibdir() throws Exception {
    Path empty = Files.createDirectory(box.file("empty"));
    Ran ran = box.nbdCore("vddk", "--dump-plugin", "libdir=" + empty);
    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.err().lines()).hasSize(1);
    assertThat(ran.err()).contains("no usable VDDK library in libdir=" + empty);
    Ran missing = box.nbdCore("vddk", "--dump-plugin", "libdir=" + box.file("nowhere"));
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.err()).contains("libdir must be the folder of an unpacked VDDK");
  }

  @Test
  void thePasswordIsAskedForOnTheTerminalWithoutEcho() throws Exception {
    fake.set("login.password", "geheim wort");
    List<String> command = new ArrayList<>(List.of(Distribution.built().command("nbd-core")));
    command.addAll(remote("-", "-r", "file=[ds] vm/disk.vmdk"));
    command.addAll(List.of("--run", "nbdinfo --size \"$uri\""));
    String script =
        """
        import os, pty, sys
        pid, terminal = pty.fork()
        if pid == 0:
          os.execv(sys.argv[1], sys.argv[1:])
        shown = b""
        typed = False
        while True:
          try:
            more = os.read(terminal, 4096)
          except OSError:
            break
          if not more:
            break
          shown += more
          if not typed and b"password: " in shown:
            os.write(terminal, b"geheim wort\\n")
            typed = True
        print(shown.decode())
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """;
    List<String> program = new ArrayList<>(Client.PYTHON.with("-c", script));
    program.addAll(command);
    Ran ran = box.run(box.ours(program), Duration.ofSeconds(90)).succeeded();
    assertThat(ran.out()).contains("password: ").contains("67108864").doesNotContain("geheim");
    assertThat(fake.call("ConnectEx").text("uid.password")).isEqualTo("geheim wort");
  }

  @Test
  void aCrashOfTheLibraryIsLoggedWithTheCallsInProgress() throws Exception {
    fake.set("crash.ReadAsync", "segv").set("crash.ReadAsync.at", 2);
    // The crash leaves the socket behind, so it is in a folder where that is allowed.
    String socket = box.file("socket").toString();
    // The socket is there before the server listens; the pid file is not.
    String pidfile = box.file("pid").toString();
    String script =
        """
        ulimit -c 0
        "$@" &
        while [ ! -s "$pidfile" ] && kill -0 $!; do sleep 0.1; done
        nbdcopy "nbd+unix:///?socket=$socket" null:
        wait $!
        """;
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", script, "sh"));
    command.addAll(List.of(Distribution.built().command("nbd-core"), "-f", "-U", socket));
    command.addAll(List.of("-P", pidfile));
    command.addAll(remote("p", "-r", "file=[ds] vm/disk.vmdk"));
    ProcessBuilder builder = box.ours(command);
    builder.environment().putAll(Map.of("socket", socket, "pidfile", pidfile));
    builder
        .environment()
        .merge("NBD_CORE_JAVA_OPTS", "-XX:ErrorFile=/dev/null", (a, b) -> a + " " + b);
    Ran ran = box.run(builder, Duration.ofSeconds(90));
    assertThat(ran.status()).isEqualTo(128 + 6);
    assertThat(ran.err())
        .contains(
            "nbd-core: error: vddk: the process crashes, with VMware VixDiskLib (8.0.3) Release")
        .contains("calls of VDDK in progress: VixDiskLib_ReadAsync");
  }
}
