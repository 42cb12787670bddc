package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are killed, and a system that has run out of something. */
class RobustIT {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** Keeps sixteen requests in flight, for ever. */
  private static final String LOAD =
      """
      bufs = [nbd.Buffer(65536) for _ in range(16)]
      n = 0
      told = False
      while True:
          while h.aio_in_flight() < 16:
              b = bufs[n % 16]
              if n % 2:
                  h.aio_pread(b, n % 512 * 65536)
              else:
                  h.aio_pwrite(b, n % 512 * 65536)
              n += 1
          if n > 500 and not told:
              print("busy", flush=True)
              told = True
          h.poll(-1)
          while h.aio_in_flight() > 0:
              c = h.aio_peek_command_completed()
              if c <= 0:
                  break
              h.aio_command_completed(c)
      """;

  /** Opens connections until some get no answer any more, and closes them. */
  private static final String CROWD =
      """
      import socket, time
      h.pwrite(b"here" * 128, 0)
      crowd = []
      refused = 0
      while refused < 3 and len(crowd) < 1000:
          s = socket.socket(socket.AF_UNIX)
          s.settimeout(0.5)
          s.connect(h.get_uri().split("socket=")[1])
          crowd.append(s)
          try:
              refused += s.recv(18) == b""
          except OSError:
              refused += 1
      print("crowd", len(crowd))
      assert refused == 3
      for i in range(100):
          assert h.pread(512, 0) == b"here" * 128
      for s in crowd:
          s.close()
      for attempt in range(100):
          try:
              late = nbd.NBD()
              late.connect_uri(h.get_uri())
              break
          except nbd.Error:
              time.sleep(0.1)
      assert late.pread(512, 0) == b"here" * 128
      print("recovered")
      """;

  /** Writes until there is no room, and makes room again. */
  private static final String FILL =
      """
      import errno
      full = None
      for at in range(0, h.get_size(), 65536):
          try:
              h.pwrite(b"x" * 65536, at)
          except nbd.Error as e:
              full = e
              break
      assert full is not None and full.errnum == errno.ENOSPC, full
      assert at > 0
      assert h.pread(65536, 0) == b"x" * 65536
      print("full after", at)
      """;

  @RegisterExtension final Sandbox box = new Sandbox();

  /**
   * The number of the server's sockets. Other descriptors vary, because the JVM opens jars when it
   * first needs them.
   */
  private static long sockets(Server server) throws IOException {
    long count = 0;
    try (DirectoryStream<Path> open =
        Files.newDirectoryStream(Path.of("/proc/" + server.pid() + "/fd"))) {
      for (Path each : open) {
        count += target(each).startsWith("socket:") ? 1 : 0;
      }
    }
    return count;
  }

  private static String target(Path descriptor) throws IOException {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (NoSuchFileException e) {
      return ""; // closed meanwhile
    }
  }

  @Test
  void clientsKilledUnderLoadLeaveNothingBehind() throws Exception {
    Server server = box.serve("memory", "32M");
    box.run(Client.NBDINFO, server.uri()).succeeded();
    long before = sockets(server);
    for (int i = 0; i < 3; i++) {
      Process client =
          box.builder(Client.PYTHON.with("-m", "nbd", "-u", server.uri(), "-c", LOAD)).start();
      try (var out = client.inputReader()) {
        assertThat(out.readLine()).isEqualTo("busy");
        client.destroyForcibly().waitFor(); // SIGKILL
      }
    }
    await()
        .atMost(TIMEOUT)
        .untilAsserted(() -> assertThat(sockets(server)).isLessThanOrEqualTo(before));
    box.run(Client.NBDINFO, server.uri()).succeeded();
    server.stop();
  }

  @Test
  void aServerOutOfDescriptorsServesItsClientsAndRecovers() throws Exception {
    Server server =
        box.serveWithin(
            List.of("/bin/sh", "-c", "ulimit -n 150; exec \"$@\"", "sh"), "memory", "1M");
    Ran ran = box.nbdsh(server, CROWD).succeeded();
    assertThat(ran.out()).contains("recovered");
    assertThat(server.stop().err().lines().filter(line -> line.startsWith("nbd-core: error: ")))
        .as("what the log says of clients that could not be served")
        .isNotEmpty()
        .hasSizeLessThan(10);
  }

  @Test
  void aFullFileSystemFailsWritesWithEnospc() throws Exception {
    Path disk = Files.createDirectories(box.file("mounted"));
    String mount = "mount -t tmpfs -o size=1M none '" + disk + "'";
    int possible =
        box.run(box.builder(List.of("/usr/bin/unshare", "-m", "sh", "-c", mount)), TIMEOUT)
            .status();
    Assumptions.assumeTrue(possible == 0, "only root can mount a small file system");
    String make = mount + " && truncate -s 8M '" + disk + "/disk' && exec \"$@\"";
    Server server =
        box.serveWithin(
            List.of("/usr/bin/unshare", "-m", "/bin/sh", "-c", make, "sh"),
            "file",
            disk.resolve("disk").toString());
    String script = FILL + "h.trim(at, 0)\nh.pwrite(b\"y\" * 65536, at)\n";
    assertThat(box.nbdsh(server, script).succeeded().out()).contains("full after");
    server.stop();
  }

  @Test
  void aFileThatMayNotGrowFailsWritesWithEnospc() throws Exception {
    Path disk = box.file("disk");
    String limited = "truncate -s 8M '" + disk + "'; ulimit -f 2048; exec \"$@\"";
    Server server =
        box.serveWithin(List.of("/bin/sh", "-c", limited, "sh"), "file", disk.toString());
    assertThat(box.nbdsh(server, FILL).succeeded().out()).contains("full after");
    server.stop();
  }

  /** The client does not know of the temporary file, but it can stop, or free space. */
  @ParameterizedTest
  @ValueSource(strings = {"cow", "cache"})
  void anOverlayThatMayNotGrowFailsWritesWithEnospc(String filter) throws Exception {
    List<String> limited = List.of("/bin/sh", "-c", "ulimit -f 2048; exec \"$@\"", "sh");
    Server server = box.serveWithin(limited, "--filter=" + filter, "memory", "8M");
    assertThat(box.nbdsh(server, FILL).succeeded().out()).contains("full after");
    server.stop();
  }
}
