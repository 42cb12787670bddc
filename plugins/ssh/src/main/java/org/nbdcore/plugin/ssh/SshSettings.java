package org.nbdcore.plugin.ssh;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.Secret;

/**
 * The settings for the connection and the login.
 *
 * @param port empty for that of the SSH configuration
 * @param user empty for that of the SSH configuration, or the local user
 * @param config the SSH configuration to read; empty text for none, empty for the usual files
 * @param identities private keys, before those in the usual places
 * @param knownHosts empty for the usual file
 * @param agent the socket of an SSH agent
 */
record SshSettings(
    String host,
    Optional<Integer> port,
    Optional<String> user,
    Optional<Secret> password,
    Optional<Secret> passphrase,
    Optional<String> config,
    List<String> identities,
    Optional<String> knownHosts,
    boolean verify,
    Duration timeout,
    boolean compression,
    Optional<String> agent) {

  static final int DEFAULT_PORT = 22;

  /** The folder of the user's keys. */
  static Path folder() {
    return Path.of(System.getProperty("user.home"), ".ssh");
  }

  /** The file names of the user, not expanded. */
  List<String> files() {
    List<String> files = new ArrayList<>(identities);
    config.filter(name -> !name.isEmpty()).ifPresent(files::add);
    knownHosts.ifPresent(files::add);
    return files;
  }

  /** Expands the escape sequences of libssh in a file name. */
  Path expanded(String name, String remoteHost, int remotePort, String remoteUser) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c != '%' || i + 1 == name.length()) {
        text.append(c);
        continue;
      }
      i++;
      switch (name.charAt(i)) {
        case '%' -> text.append('%');
        case 'd' -> text.append(folder());
        case 'u' -> text.append(System.getProperty("user.name"));
        case 'l' -> text.append(localHost());
        case 'h' -> text.append(remoteHost);
        case 'r' -> text.append(remoteUser);
        case 'p' -> text.append(remotePort);
        default -> text.append('%').append(name.charAt(i));
      }
    }
    return FileNames.absolute(text.toString());
  }

  private static String localHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost"; // a machine without a name
    }
  }
}
