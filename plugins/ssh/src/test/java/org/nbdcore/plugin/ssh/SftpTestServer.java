package org.nbdcore.plugin.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.kex.DHGServer;
import org.apache.sshd.sftp.server.SftpFileSystemAccessor;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;

/** An SSH server in this process, whose files are those of a folder. */
final class SftpTestServer implements AutoCloseable {

  static final String USER = "eve";
  static final String PASSWORD = "secret";

  /** Created once: keys take time. */
  static final KeyPair HOST = key("ecdsa-sha2-nistp256", 256);

  /** A host key of another type. Clients use it if known_hosts has only this one. */
  static final KeyPair SECOND_HOST = key("ssh-ed25519", 256);

  final Path folder;
  final Path knownHosts;
  final Set<PublicKey> keys = ConcurrentHashMap.newKeySet();
  private final SshServer server;

  SftpTestServer(Path folder) throws IOException {
    this(folder, SftpFileSystemAccessor.DEFAULT);
  }

  SftpTestServer(Path folder, SftpFileSystemAccessor files) throws IOException {
    this.folder = folder;
    server = SshServer.setUpDefaultServer();
    CoreModuleProperties.TCP_NODELAY.set(server, true); // as OpenSSH's
    server.setHost("127.0.0.1");
    server.setPort(0);
    server.setKeyPairProvider(KeyPairProvider.wrap(HOST, SECOND_HOST));
    server.setKeyExchangeFactories( // the only fast one
        List.of(DHGServer.newFactory(BuiltinDHFactories.curve25519)));
    server.setFileSystemFactory(new VirtualFileSystemFactory(folder));
    server.setPasswordAuthenticator(
        (user, password, session) -> user.equals(USER) && password.equals(PASSWORD));
    server.setPublickeyAuthenticator(
        (user, key, session) ->
            user.equals(USER) && keys.stream().anyMatch(known -> KeyUtils.compareKeys(known, key)));
    SftpSubsystemFactory sftp =
        new SftpSubsystemFactory.Builder().withFileSystemAccessor(files).build();
    server.setSubsystemFactories(List.of(sftp));
    server.start();
    knownHosts = folder.resolve("known_hosts");
    know(HOST);
  }

  static KeyPair key(String type, int bits) {
    try {
      return KeyUtils.generateKeyPair(type, bits);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes known_hosts, with this key alone. */
  void know(KeyPair host) throws IOException {
    Files.writeString(
        knownHosts,
        "[127.0.0.1]:" + server.getPort() + " " + PublicKeyEntry.toString(host.getPublic()) + "\n");
  }

  /** Parameters with the address of this server, without credentials. */
  List<String> address(String path) {
    return List.of(
        "host=127.0.0.1",
        "port=" + server.getPort(),
        "user=" + USER,
        "config=",
        "known-hosts=" + knownHosts,
        "path=" + path);
  }

  /** Parameters that open a file of this server. */
  List<String> parameters(String path, String... more) {
    List<String> all = new ArrayList<>(address(path));
    all.add("password=" + PASSWORD);
    Collections.addAll(all, more);
    return all;
  }

  @Override
  public void close() throws IOException {
    server.stop(true);
  }
}
