package org.nbdcore.plugin.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Secret;

/** Reads private keys, in the formats of OpenSSH and PEM. */
final class Identities {

  /** Thrown for an encrypted key without a passphrase. */
  private static final class NoPassphraseException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private static final Log LOG = Log.of("ssh");
  private static final List<String> USUAL = List.of("id_ed25519", "id_ecdsa", "id_rsa");

  private final FilePasswordProvider passphrases;

  Identities(Optional<Secret> passphrase) {
    passphrases =
        (session, resource, attempt) -> {
          if (passphrase.isEmpty()) {
            throw new NoPassphraseException();
          }
          return passphrase.get().reveal();
        };
  }

  /**
   * Loads the user's keys, then those in the usual places.
   *
   * @throws IOException if a key of the user cannot be used. An encrypted key without a passphrase
   *     is omitted, because the SSH agent may have it
   */
  List<KeyPair> load(List<Path> given) throws IOException {
    List<KeyPair> keys = new ArrayList<>();
    for (Path file : given) {
      try {
        read(file, keys);
      } catch (NoPassphraseException e) {
        LOG.debug(file + " is encrypted, and there is no passphrase");
      } catch (IOException | GeneralSecurityException e) {
        throw new NbdException(
            NbdError.EIO, "cannot use the private key " + file + ": " + e.getMessage(), e);
      }
    }
    for (String name : USUAL) {
      Path file = SshSettings.folder().resolve(name);
      try {
        if (Files.isReadable(file)) {
          read(file, keys);
        }
      } catch (IOException | GeneralSecurityException e) {
        LOG.debug("cannot use the private key " + file + ": " + e);
      }
    }
    return keys;
  }

  private void read(Path file, List<KeyPair> keys) throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      NamedResource name = NamedResource.ofName(file.toString());
      Iterable<KeyPair> found = SecurityUtils.loadKeyPairIdentities(null, name, in, passphrases);
      if (found == null) {
        throw new IOException("it contains no private key");
      }
      found.forEach(keys::add);
    }
  }
}
