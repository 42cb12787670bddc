package org.nbdcore.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** OpenSSH's server as the user of the test, who logs in by a key of the test. */
final class SshServer implements AutoCloseable {

  private final PortProcess program;
  private final Path folder;

  private SshServer(PortProcess program, Path folder) {
    this.program = program;
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
      Files.createDirectories(Path.of("/run/sshd")); // sshd requires this folder if root runs it
    }
    PortProcess program = PortProcess.start("SSH server", port -> start(box, folder, port));
    String key = Files.readString(folder.resolve("host.pub"));
    Files.writeString(folder.resolve("known_hosts"), "[127.0.0.1]:" + program.port() + " " + key);
    return new SshServer(program, folder);
  }

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
    return box.builder(Client.SSHD.with("-D", "-e", "-f", config.toString()))
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log").toFile())
        .start();
  }

  /** What the plugin needs to open a file. */
  List<String> parameters(Path file) {
    return List.of(
        "host=127.0.0.1",
        "port=" + program.port(),
        "config=",
        "known-hosts=" + folder.resolve("known_hosts"),
        "identity=" + folder.resolve("identity"),
        file.toString());
  }

  @Override
  public void close() {
    program.close();
  }
}
