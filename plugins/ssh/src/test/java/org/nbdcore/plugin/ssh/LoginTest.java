package org.nbdcore.plugin.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyEncryptionContext;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** Authentication of the user and of the server. */
final class LoginTest {

  private static final KeyPair KEY = SftpTestServer.key("ssh-ed25519", 256);

  @TempDir private Path folder;
  private SftpTestServer server;

  @BeforeEach
  void startServer() throws IOException {
    Files.write(folder.resolve("disk.img"), new byte[12_345]);
    server = new SftpTestServer(folder);
  }

  @AfterEach
  void stopServer() throws IOException {
    server.close();
  }

  private List<String> with(String... more) {
    List<String> all = new ArrayList<>(server.address("disk.img"));
    all.addAll(List.of(more));
    return all;
  }

  private void assertOpens(Map<String, String> environment, List<String> arguments)
      throws Exception {
    try (StartedPlugin plugin = new StartedPlugin(environment, arguments);
        BlockDevice device = plugin.open()) {
      assertThat(device.size()).isEqualTo(12_345);
    }
  }

  private void assertRefused(List<String> arguments, String reason) throws Exception {
    try (StartedPlugin plugin = new StartedPlugin(arguments)) {
      assertThatThrownBy(plugin::open)
          .hasMessageContaining(reason)
          .hasMessageNotContaining("hush")
          .isInstanceOfSatisfying(
              NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EPERM));
    }
  }

  private Path writeKey(String passphrase) throws Exception {
    Path file = folder.resolve("key");
    OpenSSHKeyEncryptionContext encryption = null;
    if (!passphrase.isEmpty()) {
      encryption = new OpenSSHKeyEncryptionContext();
      encryption.setPassword(passphrase);
      encryption.setCipherType("256");
      encryption.setKdfRounds(4);
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(KEY, "test", encryption, out);
    }
    return file;
  }

  @Test
  void aWrongPasswordIsNotShown() throws Exception {
    assertOpens(Map.of(), with("password=" + SftpTestServer.PASSWORD));
    assertRefused(with("password=hush"), "cannot log in to eve@127.0.0.1");
  }

  @Test
  void aPrivateKeyLogsIn() throws Exception {
    Path file = writeKey("");
    assertRefused(with("identity=" + file), "cannot log in");
    server.keys.add(KEY.getPublic());
    assertOpens(Map.of(), with("identity=" + file));
  }

  @Test
  void anEncryptedKeyNeedsItsPassphrase() throws Exception {
    Path file = writeKey("hush");
    server.keys.add(KEY.getPublic());
    assertOpens(Map.of(), with("identity=" + file, "passphrase=hush"));
    assertRefused(with("identity=" + file), "cannot log in");
    try (StartedPlugin plugin = new StartedPlugin(with("identity=" + file, "passphrase=wrong"))) {
      assertThatThrownBy(plugin::open).hasMessageContaining("cannot use the private key " + file);
    }
  }

  @Test
  void errorNamesAMissingPrivateKey() throws Exception {
    Path file = folder.resolve("none");
    try (StartedPlugin plugin = new StartedPlugin(with("identity=" + file))) {
      assertThatThrownBy(plugin::open).hasMessageContaining("cannot use the private key " + file);
    }
  }

  @Test
  void keyOfTheAgentLogsIn() throws Exception {
    server.keys.add(KEY.getPublic());
    Path socket = folder.resolve("agent");
    try (TestAgent agent = new TestAgent(socket, KEY)) {
      assertThat(agent).isNotNull();
      assertOpens(Map.of("SSH_AUTH_SOCK", socket.toString()), with());
    }
    assertRefused(with(), "cannot log in");
  }

  @Test
  void aHostThatIsNotKnownIsRefused() throws Exception {
    Files.writeString(server.knownHosts, "");
    String password = "password=" + SftpTestServer.PASSWORD;
    assertRefused(with(password), "is not the one in known_hosts");
    assertOpens(Map.of(), with(password, "verify-remote-host=false"));
  }

  @Test
  void aChangedHostKeyIsRefused() throws Exception {
    server.know(SftpTestServer.key("ecdsa-sha2-nistp256", 256));
    assertRefused(with("password=" + SftpTestServer.PASSWORD), "is not the one in known_hosts");
  }

  @Test
  void hostIsTrustedByEachOfItsKeys() throws Exception {
    for (KeyPair host : List.of(SftpTestServer.HOST, SftpTestServer.SECOND_HOST)) {
      server.know(host);
      assertOpens(Map.of(), with("password=" + SftpTestServer.PASSWORD));
    }
  }

  @Test
  void hostPortAndUserComeFromTheSshConfiguration() throws Exception {
    Path config = folder.resolve("config");
    String port = server.address("").get(1).substring("port=".length());
    Files.writeString(
        config,
        "Host disks\n  HostName 127.0.0.1\n  Port "
            + port
            + "\n  User "
            + SftpTestServer.USER
            + "\n");
    assertOpens(
        Map.of(),
        List.of(
            "host=disks",
            "path=disk.img",
            "config=" + config,
            "known-hosts=" + server.knownHosts,
            "password=" + SftpTestServer.PASSWORD));
  }
}
