package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher of the distribution, run as a process. */
class LauncherIT {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @TempDir Path folder;

  private final List<ProcessHandle> servers = new ArrayList<>();

  @AfterEach
  void killRemainingServers() {
    servers.forEach(ProcessHandle::destroyForcibly);
  }

  private Launched run(String... arguments) throws Exception {
    return Launched.nbdCore(folder, Map.of(), arguments);
  }

  private ProcessHandle server() throws IOException {
    String pid = Files.readString(folder.resolve("pid")).strip();
    ProcessHandle server = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    servers.add(server);
    return server;
  }

  private static void awaitEnd(ProcessHandle server) {
    await().atMost(TIMEOUT).until(() -> !server.isAlive());
  }

  /** The first bytes that a server sends. */
  private static String greeting(Path socket) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      ByteBuffer magic = ByteBuffer.allocate(8);
      while (magic.hasRemaining() && channel.read(magic) >= 0) {
        // until all of it is there
      }
      return new String(magic.array(), StandardCharsets.US_ASCII);
    }
  }

  private List<String> remainingFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void inTheBackgroundTheCommandReturnsOnceTheServerListens() throws Exception {
    Launched launched = run("memory", "1M", "-U", "s", "-P", "pid");
    assertThat(launched).isEqualTo(new Launched(0, "", ""));
    assertThat(greeting(folder.resolve("s"))).isEqualTo("NBDMAGIC");
    ProcessHandle server = server();
    Path streams = Path.of("/proc/" + server.pid() + "/fd");
    for (String stream : List.of("0", "1", "2")) {
      assertThat(streams.resolve(stream).toRealPath()).isEqualTo(Path.of("/dev/null"));
    }
    server.destroy();
    awaitEnd(server);
    assertThat(remainingFiles()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-INT", "-HUP"})
  void backgroundServerStopsOnSigintAndSighup(String signal) throws Exception {
    run("memory", "1M", "-U", "s", "-P", "pid");
    ProcessHandle server = server();
    new ProcessBuilder("kill", signal, Long.toString(server.pid())).start().waitFor();
    awaitEnd(server);
    assertThat(remainingFiles()).isEmpty();
  }

  @Test
  void uriIsPrintedBeforeTheServerGoesToTheBackground() throws Exception {
    Launched launched = run("memory", "1M", "-U", "s", "-P", "pid", "--print-uri");
    server().destroy();
    assertThat(launched.out())
        .startsWith("nbd+unix://?socket=" + folder.toRealPath().resolve("s") + "\n");
  }

  @Test
  void failedStartIsReportedByTheCommand() throws Exception {
    Launched launched = run("memory", "1Q", "-U", "s", "-P", "pid");
    assertThat(launched.status()).isEqualTo(1);
    assertThat(launched.err()).startsWith("nbd-core: error: memory: size ").hasLineCount(1);
    launched = run("memory", "1M", "-U", "missing/s", "-P", "pid");
    assertThat(launched)
        .isEqualTo(
            new Launched(
                1,
                "",
                "nbd-core: error: cannot listen on "
                    + folder.toRealPath().resolve("missing/s")
                    + ": No such file or directory\n"));
    assertThat(remainingFiles()).isEmpty();
  }

  @Test
  void sigtermEndsAForegroundServerWithStatusZero() throws Exception {
    Process process =
        Launched.start(folder, Map.of(), "memory", "1M", "-fU", "s", "-P", "pid").start();
    await().atMost(TIMEOUT).until(() -> Files.exists(folder.resolve("pid")));
    assertThat(server().pid()).isEqualTo(process.pid());
    process.destroy();
    assertThat(process.waitFor()).isZero();
    assertThat(remainingFiles()).isEmpty();
  }

  @Test
  void serverEndsWithItsParent() throws Exception {
    String command =
        "'"
            + Launched.HOME.resolve("bin/nbd-core")
            + "' --exit-with-parent memory 1M -U s -P pid & while [ ! -e pid ]; do sleep 0.1; done";
    ProcessBuilder shell = new ProcessBuilder("sh", "-c", command).directory(folder.toFile());
    shell.environment().put("NBD_CORE_CACHE", "off");
    shell.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Process parent = shell.start();
    assertThat(parent.waitFor()).isZero();
    await().atMost(TIMEOUT).until(() -> remainingFiles().isEmpty());
  }

  @Test
  void runReturnsTheStatusOfItsCommand() throws Exception {
    assertThat(run("memory", "1M", "--run", "test -S \"$unixsocket\" || exit 1; exit 9").status())
        .isEqualTo(9);
  }

  @Test
  void messagesUseTheNameOfTheLink() throws Exception {
    Path link = folder.resolve("nbdkit");
    Files.createSymbolicLink(link, Launched.HOME.resolve("bin/nbd-core"));
    ProcessBuilder builder = Launched.start(folder, Map.of());
    builder.command(link.toString(), "nosuch");
    Process process = builder.start();
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(err).startsWith("nbdkit: error: there is no plugin 'nosuch'");
  }

  @Test
  void versionHelpAndDumpLoadNoLibraries() throws Exception {
    Path log = folder.resolve("classes");
    Map<String, String> watched =
        Map.of("NBD_CORE_JAVA_OPTS", "-Xlog:class+load:file=" + log + " -Xshare:auto");
    for (List<String> question :
        List.of(
            List.of("--version"),
            List.of("--help"),
            List.of("--dump-config"),
            List.of("memory", "--help"),
            List.of("null", "--dump-plugin"),
            List.of("vmdk", "--dump-plugin"),
            List.of("--filter=blocksize", "memory", "--version"))) {
      Launched launched = Launched.nbdCore(folder, watched, question.toArray(String[]::new));
      assertThat(launched.status()).isZero();
      assertThat(Files.readString(log))
          .as(question.toString())
          .contains("org.nbdcore.cli.Cli ")
          .doesNotContain("org.apache.logging", "org.apache.commons", "com.sun.jna");
    }
  }

  @Test
  void serverWithoutMessagesLoadsNoLogging() throws Exception {
    Path log = folder.resolve("classes");
    Map<String, String> watched = Map.of("NBD_CORE_JAVA_OPTS", "-Xlog:class+load:file=" + log);
    Launched launched = Launched.nbdCore(folder, watched, "memory", "1M", "--run", "true");
    assertThat(launched).isEqualTo(new Launched(0, "", ""));
    assertThat(Files.readString(log))
        .contains("org.nbdcore.server.NbdServer ")
        .doesNotContain("org.apache.logging", "org.apache.commons");
  }

  @Test
  void errorNamesAMissingJava() throws Exception {
    Launched launched =
        Launched.nbdCore(folder, Map.of("NBD_CORE_JAVA", "/no/such/java"), "--version");
    assertThat(launched.status()).isEqualTo(1);
    assertThat(launched.err())
        .isEqualTo(
            "nbd-core: error: NBD_CORE_JAVA is '/no/such/java', which contains no Java 17 or"
                + " later\n");
  }
}
