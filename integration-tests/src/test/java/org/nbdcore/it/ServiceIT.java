package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Servers that systemd starts, that run between two pipes, or that root starts for another user.
 */
class ServiceIT {

  /** A TCP and a Unix socket that listen become descriptors 3 and 4 of the program. */
  private static final String ACTIVATE =
      """
      import fcntl, os, socket, sys
      tcp = socket.socket()
      tcp.bind(("127.0.0.1", 0))
      unix = socket.socket(socket.AF_UNIX)
      unix.bind(sys.argv[1])
      sockets = [tcp, unix]
      for each in sockets:
          each.listen()
      print(tcp.getsockname()[1], flush=True)
      high = [fcntl.fcntl(each.fileno(), fcntl.F_DUPFD, 20) for each in sockets]
      for number, each in enumerate(high):
          os.dup2(each, 3 + number, inheritable=True)
      os.environ.update(LISTEN_FDS="2", LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES="a:b")
      os.execv(sys.argv[2], sys.argv[2:])
      """;

  private static final String NOTIFIED =
      """
      import os, socket, subprocess, sys
      listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
      listener.bind("\\0" + sys.argv[1])
      listener.settimeout(60)
      environment = dict(os.environ, NOTIFY_SOCKET="@" + sys.argv[1])
      server = subprocess.Popen(sys.argv[2:], env=environment)
      ready = listener.recv(4096).decode()
      print(ready.replace(str(server.pid), "PID"))
      server.terminate()
      print(listener.recv(4096).decode())
      print(server.wait())
      """;

  private static final String PIPES =
      """
      import struct, subprocess, sys
      server = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
      print(server.stdout.read(18)[:16].decode())
      server.stdin.write(struct.pack(">I8sII", 1, b"IHAVEOPT", 2, 0))
      server.stdin.flush()
      print(struct.unpack(">QIII", server.stdout.read(20))[1:3])
      server.stdin.close()
      print(server.wait())
      """;

  /** Asks for more than the pipe holds, and leaves without reading it. */
  private static final String DEAD =
      """
      import struct, subprocess, sys
      server = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
      server.stdout.read(18)
      server.stdin.write(struct.pack(">I8sII", 3, b"IHAVEOPT", 1, 0))
      server.stdin.flush()
      server.stdout.read(10)
      server.stdin.write(struct.pack(">IHHQQI", 0x25609513, 0, 0, 1, 0, 32 << 20))
      server.stdin.flush()
      print(server.stdout.read(1 << 16)[:4].hex())
      server.stdin.close()
      server.stdout.close()
      print(server.wait())
      """;

  @RegisterExtension final Sandbox box = new Sandbox();

  private static String nbdCore() {
    return Distribution.built().command("nbd-core");
  }

  private Ran python(String script, String... arguments) {
    List<String> command = new ArrayList<>(Client.PYTHON.with("-c", script));
    command.addAll(List.of(arguments));
    return box.run(box.ours(command), Programs.TIMEOUT);
  }

  @Test
  void allSocketsOfSocketActivationAreServed() throws Exception {
    Path unix = box.file("unix");
    Path pidFile = box.runtime("pid");
    Path port = box.file("port");
    List<String> command = new ArrayList<>(Client.PYTHON.with("-c", ACTIVATE, unix.toString()));
    command.addAll(List.of(nbdCore(), "memory", "1M", "-P", pidFile.toString()));
    Process server = box.ours(command).redirectOutput(port.toFile()).start();
    await().atMost(Programs.TIMEOUT).until(() -> Files.exists(pidFile));
    assertThat(Files.readString(pidFile)).isEqualTo(server.pid() + "\n");

    String tcp = "nbd://127.0.0.1:" + Files.readString(port).strip();
    assertThat(box.run(Client.NBDINFO, "--size", tcp).succeeded().line()).isEqualTo("1048576");
    String uri = "nbd+unix:///?socket=" + unix;
    assertThat(box.run(Client.NBDINFO, "--size", uri).succeeded().line()).isEqualTo("1048576");
    assertThat(Files.readString(Path.of("/proc/" + server.pid() + "/environ")))
        .doesNotContain("LISTEN_");

    server.destroy();
    assertThat(server.waitFor(Programs.TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(server.exitValue()).isZero();
    assertThat(unix).as("the socket, which is not the server's").exists();
  }

  @Test
  void aPortIsRefusedWithSocketActivation() {
    Ran ran = python(ACTIVATE, box.file("unix").toString(), nbdCore(), "-p1", "memory", "1M");
    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.err())
        .isEqualTo(
            "nbd-core: error: --port cannot be used with socket activation (LISTEN_FDS is set)\n");
  }

  @Test
  void systemdIsNotifiedOfReadinessAndStop() {
    String name = box.file("notify").toString();
    Ran ran = python(NOTIFIED, name, nbdCore(), "-f", "-U", "-", "memory", "1M").succeeded();
    assertThat(ran.out())
        .isEqualTo(
            "READY=1\nSTATUS=Serving\nMAINPID=PID\nSTOPPING=1\nSTATUS=Finishing requests\n0\n");
  }

  @Test
  void aClientIsServedOverStandardInputAndOutput() {
    assertThat(python(PIPES, nbdCore(), "-s", "memory", "1M").succeeded().out())
        .isEqualTo("NBDMAGICIHAVEOPT\n(2, 1)\n0\n");
  }

  @Test
  void theServerEndsIfTheClientOfItsPipesDiesWithRepliesPending() {
    assertThat(python(DEAD, nbdCore(), "-s", "memory", "64M").succeeded().out())
        .isEqualTo("67446698\n0\n");
  }

  @Test
  void withSingleAScriptIsNotReadFromStandardInput() {
    Ran ran = box.nbdCore("-s", "sh", "-");
    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .contains("nothing can be read from standard input: with --single it is the client's");
  }

  @Test
  void optionsRestrictTheServerToOneAddressFamily() {
    String look =
        "for host in 127.0.0.1 '[::1]'; do"
            + " nbdinfo --size nbd://$host:$port 2>/dev/null || echo no; done; echo $uri";
    assertThat(box.nbdCore("-4", "-p0", "memory", "1M", "--run", look).succeeded().out())
        .matches("1048576\nno\nnbd://localhost:\\d+\n");
    assertThat(box.nbdCore("-6", "-p0", "memory", "1M", "--run", look).succeeded().out())
        .matches("no\n1048576\nnbd://\\[[0:]*1]:\\d+\n");
    assertThat(box.nbdCore("-i", "::", "-p0", "memory", "1M", "--run", look).succeeded().out())
        .startsWith("no\n1048576\n");
  }

  @Test
  void rootServesAsAnotherUser() throws IOException {
    Path temporary = box.file("../tmp").toRealPath();
    Files.setPosixFilePermissions(
        temporary.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxrwxrwx"));
    String look = "id -u; id -G; stat -c %u \"$unixsocket\"; nbdinfo --size \"$uri\"";
    Ran ran = box.nbdCore("-u", "65534", "-g", "2", "memory", "1M", "--run", look);
    if (Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
      assertThat(ran.succeeded().out()).isEqualTo("65534\n2\n65534\n1048576\n");
    } else {
      assertThat(ran.status()).isEqualTo(1);
      assertThat(ran.err()).contains("--user");
    }
  }

  /** Containers, directory services and subordinate ranges use such IDs. */
  @Test
  void theServerRunsAsAUserAboveTwoToThe31() throws IOException {
    String look = "grep -E '^(Uid|Gid|Groups):' /proc/$PPID/status | xargs";
    String user = "3000000000";
    String group = "3000000001";
    Path users = box.file("passwd");
    Files.writeString(users, "far:x:" + user + ":" + group + "::/:/bin/sh\n");
    Ran byNumber = box.nbdCore("-p", "0", "-u", user, "-g", group, "memory", "1M", "--run", look);
    if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
      assertThat(byNumber.status()).isEqualTo(1);
      return;
    }
    String changed =
        "Uid:" + (" " + user).repeat(4) + " Gid:" + (" " + group).repeat(4) + " Groups: " + group;
    assertThat(byNumber.succeeded().line()).isEqualTo(changed);
    // The name is known in the server's own view of the file system only.
    String named =
        "mount --bind \"$1\" /etc/passwd && exec \"$2\" -p 0 -u far memory 1M --run \"$3\"";
    List<String> command = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", named, "sh"));
    command.addAll(List.of(users.toString(), nbdCore(), look));
    assertThat(box.run(box.ours(command), Programs.TIMEOUT).succeeded().line()).isEqualTo(changed);
  }

  /** The client's messages are in a file; the replies go to standard output. */
  @Test
  void standardInputMayBeAFile() throws IOException {
    Path messages = box.file("said");
    byte[] abort = {0, 0, 0, 3, 'I', 'H', 'A', 'V', 'E', 'O', 'P', 'T', 0, 0, 0, 2, 0, 0, 0, 0};
    Files.write(messages, abort);
    Path answered = box.file("answered");
    String script = "exec \"$1\" -s memory 1M <\"$2\" >\"$3\"";
    List<String> command =
        List.of("sh", "-c", script, "sh", nbdCore(), messages.toString(), answered.toString());
    Ran ran = box.run(box.ours(command), Programs.TIMEOUT).succeeded();
    assertThat(new String(Files.readAllBytes(answered), StandardCharsets.ISO_8859_1))
        .startsWith("NBDMAGICIHAVEOPT")
        .hasSizeGreaterThan(18 + 16);
    assertThat(ran.err()).isEmpty();
  }

  /** The server's standard input is not the terminal, like that of a script in a pipe. */
  @Test
  void aPasswordIsAskedForOnTheTerminalAndNotShown() throws IOException {
    List<String> command =
        new ArrayList<>(
            Client.PYTHON.with(
                "-c",
                """
                import base64, http.server, os, pty, sys, threading
                seen = set()
                class Web(http.server.BaseHTTPRequestHandler):
                    def do_HEAD(self):
                        seen.add(self.headers.get("Authorization", ""))
                        self.send_response(200)
                        self.send_header("Accept-Ranges", "bytes")
                        self.send_header("Content-Length", "512")
                        self.end_headers()
                    def log_message(self, *words):
                        pass
                web = http.server.HTTPServer(("127.0.0.1", 0), Web)
                threading.Thread(target=web.serve_forever, daemon=True).start()
                url = "http://127.0.0.1:%d/disk" % web.server_port
                child, terminal = pty.fork()
                if child == 0:
                    os.dup2(os.open("/dev/null", os.O_RDWR), 0)
                    os.execv(sys.argv[1], [sys.argv[1], "curl", url, "user=eve", "password=-",
                        "--run", 'nbdinfo --size "$uri"'])
                shown = b""
                asked = False
                while True:
                    try:
                        piece = os.read(terminal, 1000)
                    except OSError:
                        break
                    if not piece:
                        break
                    shown += piece
                    if not asked and b"password: " in shown:
                        asked = True
                        os.write(terminal, b"s3cret word\\n")
                print(os.waitpid(child, 0)[1], shown)
                print([base64.b64decode(each.split()[1]) for each in seen])
                """));
    command.add(nbdCore());
    Ran ran = box.run(box.ours(command), Programs.TIMEOUT).succeeded();
    assertThat(ran.out()).isEqualTo("0 b'password: \\r\\n512\\r\\n'\n[b'eve:s3cret word']\n");
  }

  /** Root may lock memory, others up to their limit only, which is far too low as a rule. */
  @Test
  void swapLocksTheMemoryOfTheServer() {
    Ran ran = box.nbdCore("--swap", "memory", "1M", "--run", "grep VmLck: /proc/$PPID/status");
    if (ran.status() == 0) {
      assertThat(ran.line()).matches("VmLck:\\s+[1-9]\\d{4,} kB");
    } else {
      assertThat(ran.err()).startsWith("nbd-core: error: --swap: the process cannot be locked");
    }
  }

  @Test
  void theUriOfRunNamesThePskFileAndTheTlsSessionIsLogged() throws IOException {
    Path keys = box.file("keys.psk");
    Files.writeString(keys, "alice:0123456789abcdef0123456789abcdef\n");
    Ran ran =
        box.nbdCore(
            "-v",
            "-D",
            "nbdkit.tls.session=1",
            "--tls=require",
            "--tls-psk=" + keys,
            "--tls-priority=NORMAL:-VERS-TLS1.3",
            "memory",
            "1M",
            "--run",
            "nbdinfo --size \"$uri\"");
    assertThat(ran.succeeded().line()).isEqualTo("1048576");
    assertThat(ran.err())
        .containsPattern(
            "memory\\[1]: debug: TLS session: pre-shared key, TLS 1\\.2, .*, client: alice\n")
        .doesNotContain("0123456789abcdef");
  }

  @Test
  void aSignalAlsoEndsTheCommandOfRun() throws Exception {
    Path started = box.file("started");
    Process server =
        box.ours(List.of(nbdCore(), "memory", "1M", "--run", ">" + started + "; exec sleep 600"))
            .start();
    await().atMost(Programs.TIMEOUT).until(() -> Files.exists(started));
    server.destroy();
    assertThat(server.waitFor(Programs.TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(server.exitValue()).isEqualTo(128 + 15);
    box.assertNothingIsLeft();
  }

  @Test
  void repeatedStartsLeaveNothingBehind() {
    String script = Distribution.repository("integration-tests/src/test/sh/starts.sh").toString();
    Ran ran =
        box.run(box.ours(List.of("/bin/sh", script, nbdCore(), "6")), Programs.TIMEOUT).succeeded();
    assertThat(ran.out()).isEqualTo("6 starts, nothing is left\n");
  }
}
