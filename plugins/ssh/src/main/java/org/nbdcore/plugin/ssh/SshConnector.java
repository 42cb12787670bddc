package org.nbdcore.plugin.ssh;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.ConfigFileHostEntryResolver;
import org.apache.sshd.client.config.hosts.HostConfigEntry;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.BaseBuilder;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.sftp.SftpModuleProperties;
import org.apache.sshd.sftp.client.impl.AbstractSftpClient;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** Opens sessions to one SSH server. Safe for use by many threads. */
final class SshConnector implements Closeable {

  private static final Path SYSTEM_CONFIG = Path.of("/etc/ssh/ssh_config");

  /** Time limit for one message. Long, because the server may wait for a disk. */
  private static final Duration MESSAGE_TIMEOUT = Duration.ofMinutes(10);

  private final SshSettings settings;
  private final Log log; // null if sessions are not shown
  private final HostConfigEntryResolver config;
  private final List<NamedFactory<Signature>> algorithms;

  /** The order of its signature algorithms changes with each session: guarded by this. */
  private final SshClient client;

  SshConnector(SshSettings settings, Log log) {
    this.settings = settings;
    this.log = log;
    client = SshClient.setUpDefaultClient();
    algorithms = client.getSignatureFactories();
    config = config(settings);
    client.setHostConfigEntryResolver(config);
    client.setCipherFactories(ciphers());
    client.setUserAuthFactories(
        List.of(UserAuthPublicKeyFactory.INSTANCE, UserAuthPasswordFactory.INSTANCE));
    client.setCompressionFactories(
        settings.compression()
            ? List.of(
                BuiltinCompressions.delayedZlib, BuiltinCompressions.zlib, BuiltinCompressions.none)
            : List.of(BuiltinCompressions.none));
    settings.agent().ifPresent(socket -> client.setAgentFactory(new AgentFactory(socket)));
    CoreModuleProperties.AUTH_TIMEOUT.set(client, settings.timeout());
    CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO); // a client may be idle for days
    CoreModuleProperties.SOCKET_KEEPALIVE.set(client, true);
    CoreModuleProperties.TCP_NODELAY.set(client, true); // or a request waits 40 ms for an ACK
    SftpModuleProperties.SFTP_CHANNEL_OPEN_TIMEOUT.set(client, settings.timeout());
    AbstractSftpClient.SFTP_CLIENT_CMD_TIMEOUT.set(client, MESSAGE_TIMEOUT);
    client.start();
  }

  private static HostConfigEntryResolver config(SshSettings settings) {
    if (settings.config().isPresent()) {
      String name = settings.config().get();
      int port = settings.port().orElse(SshSettings.DEFAULT_PORT);
      String user = settings.user().orElse(System.getProperty("user.name"));
      return name.isEmpty()
          ? HostConfigEntryResolver.EMPTY
          : new ConfigFileHostEntryResolver(settings.expanded(name, settings.host(), port, user));
    }
    HostConfigEntryResolver user =
        new ConfigFileHostEntryResolver(SshSettings.folder().resolve("config"));
    HostConfigEntryResolver system = new ConfigFileHostEntryResolver(SYSTEM_CONFIG);
    return (host, port, local, name, jump, context) -> {
      HostConfigEntry entry = user.resolveEffectiveHost(host, port, local, name, jump, context);
      return entry != null
          ? entry
          : system.resolveEffectiveHost(host, port, local, name, jump, context);
    };
  }

  /** AES-GCM first: the JDK has it in hardware, and the library's own default only in Java. */
  private static List<NamedFactory<Cipher>> ciphers() {
    List<NamedFactory<Cipher>> ciphers = new ArrayList<>();
    ciphers.add(BuiltinCiphers.aes128gcm);
    ciphers.add(BuiltinCiphers.aes256gcm);
    for (NamedFactory<Cipher> cipher : BaseBuilder.setUpDefaultCiphers(true)) {
      if (!ciphers.contains(cipher)) {
        ciphers.add(cipher);
      }
    }
    return ciphers;
  }

  /** Connects, checks the host key and logs in. */
  ClientSession connect() throws IOException {
    HostConfigEntry target = target();
    String shown = target.getUsername() + "@" + target.getHostName() + ":" + target.getPort();
    ClientSession session;
    try {
      session = start(target);
    } catch (NbdException e) {
      throw e;
    } catch (IOException e) {
      throw new NbdException(NbdError.EIO, "cannot connect to " + shown + ": " + reason(e), e);
    }
    try {
      settings.password().ifPresent(secret -> session.addPasswordIdentity(secret.reveal()));
      session.auth().verify(settings.timeout());
    } catch (IOException e) {
      session.close(true);
      throw refused(shown, e);
    }
    if (log != null) {
      log.debug(
          String.join(
              ", ",
              shown,
              session.getServerVersion(),
              session.getNegotiatedKexParameter(KexProposalOption.ALGORITHMS),
              session.getNegotiatedKexParameter(KexProposalOption.SERVERKEYS),
              session.getNegotiatedKexParameter(KexProposalOption.C2SENC)));
    }
    return session;
  }

  private HostConfigEntry target() throws IOException {
    String host = settings.host();
    int port = settings.port().orElse(0);
    String user = settings.user().orElse(null);
    HostConfigEntry entry = config.resolveEffectiveHost(host, port, null, user, null, null);
    if (entry == null) {
      String pattern = SshdSocketAddress.isIPv6Address(host) ? "" : host;
      entry = new HostConfigEntry(pattern, host, port, user, null);
    }
    if (entry.getPort() <= 0) {
      entry.setPort(SshSettings.DEFAULT_PORT);
    }
    if (entry.getUsername() == null || entry.getUsername().isEmpty()) {
      entry.setUsername(System.getProperty("user.name"));
    }
    return entry;
  }

  private synchronized ClientSession start(HostConfigEntry target) throws IOException {
    String host = target.getHostName();
    int port = target.getPort();
    String user = target.getUsername();
    if (settings.verify()) {
      HostKeys known =
          new HostKeys(
              settings
                  .knownHosts()
                  .map(name -> settings.expanded(name, host, port, user))
                  .orElse(SshSettings.folder().resolve("known_hosts")));
      client.setServerKeyVerifier(known.verifier());
      client.setSignatureFactories(known.ordered(algorithms, host, port));
    } else {
      client.setServerKeyVerifier(HostKeys.any());
    }
    List<Path> files =
        settings.identities().stream()
            .map(name -> settings.expanded(name, host, port, user))
            .toList();
    List<KeyPair> keys = new Identities(settings.passphrase()).load(files);
    client.setKeyIdentityProvider(KeyIdentityProvider.wrapKeyPairs(keys));
    return client.connect(target, null, null).verify(settings.timeout()).getSession();
  }

  private NbdException refused(String shown, IOException failure) {
    int code = failure instanceof SshException ssh ? ssh.getDisconnectCode() : 0;
    if (code == SshConstants.SSH2_DISCONNECT_HOST_KEY_NOT_VERIFIABLE) {
      return new NbdException(
          NbdError.EPERM,
          "the host key of "
              + shown
              + " is not the one in known_hosts: connect with ssh once, or give known-hosts=FILE",
          failure);
    }
    boolean denied = code == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE;
    return new NbdException(
        denied ? NbdError.EPERM : NbdError.EIO,
        "cannot log in to " + shown + ": " + reason(failure),
        failure);
  }

  private static String reason(IOException failure) {
    Throwable cause = failure.getCause();
    String message = cause == null ? failure.getMessage() : cause.getMessage();
    return message == null || message.isEmpty() ? failure.toString() : message;
  }

  @Override
  public void close() {
    client.stop();
  }
}
