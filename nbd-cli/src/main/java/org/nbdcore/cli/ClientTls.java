package org.nbdcore.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.server.tls.Tls;
import org.nbdcore.server.tls.psk.PreSharedKeys;
import org.nbdcore.spi.FileNames;

/**
 * The TLS settings that a client needs.
 *
 * @param level 0 for no TLS, 1 for optional TLS, 2 for required TLS
 * @param certificates the directory, as written by the user
 * @param keys the file of pre-shared keys, as written by the user
 */
record ClientTls(int level, Optional<String> certificates, Optional<String> keys) {

  private static final int REQUIRED = 2;

  /** No encryption. */
  static final ClientTls NONE = new ClientTls(0, Optional.empty(), Optional.empty());

  static ClientTls of(Optional<Tls> tls, ServerSettings settings) {
    if (tls.isEmpty()) {
      return NONE;
    }
    return new ClientTls(
        tls.get().required() ? REQUIRED : 1,
        settings.find(CommandLineOption.TLS_CERTIFICATES),
        settings.find(CommandLineOption.TLS_PSK));
  }

  /**
   * Adds it to a URI. If TLS is optional, the URI has no TLS parameters, because not all clients
   * understand them.
   */
  NbdUri in(NbdUri uri) {
    if (level != REQUIRED) {
      return uri;
    }
    NbdUri secure = uri.withTls(true);
    if (keys.isPresent()) {
      Path file = FileNames.absolute(keys.get());
      NbdUri withKeys = secure.withParameter("tls-psk-file", FileNames.text(file));
      return PreSharedKeys.onlyUser(file).map(withKeys::withUser).orElse(withKeys);
    }
    return certificates.isPresent()
        ? secure.withParameter(
            "tls-certificates", FileNames.text(FileNames.absolute(certificates.get())))
        : secure;
  }

  /** The variables of {@code --run}'s command, as nbdkit-captive(1) has them. */
  String assignments() {
    return "unset tls\ntls_certificates="
        + RunCommand.quote(certificates.orElse(""))
        + "\ntls_psk="
        + RunCommand.quote(keys.orElse(""))
        + "\n"
        + (level == 0 ? "" : "tls=" + level + "\n");
  }
}
