package org.nbdcore.plugin.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.keyverifier.KnownHostsServerKeyVerifier;
import org.apache.sshd.client.keyverifier.RejectAllServerKeyVerifier;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.signature.Signature;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** The host keys that the user trusts, from files in OpenSSH's format. */
final class HostKeys {

  private static final Path SYSTEM = Path.of("/etc/ssh/ssh_known_hosts");

  private final List<Path> files;

  /** The keys of the user's file, then those of the system. */
  HostKeys(Path user) {
    files = List.of(user, SYSTEM);
  }

  static ServerKeyVerifier any() {
    return AcceptAllServerKeyVerifier.INSTANCE;
  }

  /** Accepts a key that one of the files has for this host; a changed key is refused. */
  ServerKeyVerifier verifier() {
    ServerKeyVerifier system =
        new KnownHostsServerKeyVerifier(RejectAllServerKeyVerifier.INSTANCE, SYSTEM);
    return new KnownHostsServerKeyVerifier(system, files.get(0));
  }

  /**
   * Sorts the algorithms: first those for which a file has a key of the host. A server has keys of
   * several types and the client chooses one, which must be in the files.
   */
  List<NamedFactory<Signature>> ordered(
      List<NamedFactory<Signature>> algorithms, String host, int port) throws IOException {
    Set<String> known = types(host, port);
    return algorithms.stream()
        .sorted(
            Comparator.comparing(
                algorithm -> !known.contains(KeyUtils.getCanonicalKeyType(algorithm.getName()))))
        .toList();
  }

  private Set<String> types(String host, int port) throws IOException {
    Set<String> types = new HashSet<>();
    for (Path file : files) {
      if (!Files.isReadable(file)) {
        continue;
      }
      try {
        for (KnownHostEntry entry : KnownHostEntry.readKnownHostEntries(file)) {
          if (entry.getMarker() == null && entry.isHostMatch(host, port)) {
            types.add(entry.getKeyEntry().getKeyType());
          }
        }
      } catch (IllegalArgumentException e) {
        throw new NbdException(NbdError.EIO, file + " is damaged: " + e.getMessage(), e);
      }
    }
    return types;
  }
}
