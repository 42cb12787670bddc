package org.nbdcore.it;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** OpenSSH's server as the user of the test, who logs in by a key of the test. */
final class SshServer implements AutoCloseable {

  private static final int ATTEMPTS = 5;

  private final Process process;
  private final int port;
  private final Path folder;

  private SshServer(Process process, int port, Path folder) {
    this.process = process;
    this.port = port;
    this.folder = folder;
  }

  static SshServer start(Sandbox box) throws Exception {
    Path folder = Files.createDirectory(box.file("sshd"));
    for (String key : List.of("host", "identity")) {
      box.run(
              Client.SSH_KEYGEN,
              "-q",
              "-t",
              "ed25519",
              "-N",
              "",
              "-f",
              folder.resolve(key).toString())
          .succeeded();
    }
    Files.copy(folder.resolve("identity.pub"), folder.resolve("authorized_keys"));
    if (System.getProperty("user.name").equals("root")) {
      Files.createDirectories(Path.of("/run/sshd")); // root's sshd insists on it
    }
    for (int i = 0; i < ATTEMPTS; i++) {
      int port;
      try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = any.getLocalPort();
      }
      Process process = start(box, folder, port);
      if (process != null) {
        String key = Files.readString(folder.resolve("host.pub"));
        Files.writeString(folder.resolve("known_hosts"), "[127.0.0.1]:" + port + " " + key);
        return new SshServer(process, port, folder);
      }
    }
    return fail("no SSH server on a free port");
  }

  /** Null if another program was quicker to take the port. */
  private static Process start(Sandbox box, Path folder, int port) throws Exception {
    Path config = folder.resolve("config");
    Files.writeString(
        config,
        """
        ListenAddress 127.0.0.1:%d
        HostKey %s/host
        AuthorizedKeysFile %s/authorized_keys
        PidFile none
        StrictModes no
        UsePAM no
        PermitRootLogin yes
        PasswordAuthentication no
        Subsystem sftp internal-sftp
        """
            .formatted(port, folder, folder));
    Process started =
        box.builder(Client.SSHD.with("-D", "-e", "-f", config.toString()))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    long deadline = System.nanoTime() + Programs.TIMEOUT.toNanos();
    while (started.isAlive()) {
      try (Socket probe = new Socket()) {
        probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return started;
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
          started.destroyForcibly();
          return fail("the SSH server does not listen");
        }
        TimeUnit.MILLISECONDS.sleep(10); // nothing tells when it listens
      }
    }
    return null;
  }

  /** What the plugin needs to open a file. */
  List<String> parameters(Path file) {
    return List.of(
        "host=127.0.0.1",
        "port=" + port,
        "config=",
        "known-hosts=" + folder.resolve("known_hosts"),
        "identity=" + folder.resolve("identity"),
        file.toString());
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
