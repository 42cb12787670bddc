package org.nbdcore.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.Parameter;
import org.nbdcore.tls.Certificates;
import org.nbdcore.tls.PreSharedKeys;
import org.nbdcore.tls.Tls;
import org.nbdcore.tls.TlsPriority;

/**
 * The options about encryption, with nbdkit-tls(1)'s defaults: it is offered where there are keys
 * or certificates, and nowhere required unless that is said. Where there is nothing to do, no class
 * of TLS is loaded.
 */
final class TlsSettings {

  private static final Log LOG = Log.of("");

  private TlsSettings() {}

  /**
   * Reads the options.
   *
   * @param folder the name of the folders in which certificates are looked for
   */
  static Optional<Tls> from(ServerSettings settings, String folder) throws ConfigException {
    Optional<String> mode = settings.find(Option.TLS);
    if (mode.isPresent()) {
      Parameter.choice(Option.TLS.toString(), List.of("off", "on", "require"), "")
          .parse(mode.get());
    }
    String wanted = mode.orElse("");
    if (wanted.equals("off")) {
      return Optional.empty();
    }
    boolean required = wanted.equals("require");
    Optional<String> keys = settings.find(Option.TLS_PSK);
    if (keys.isPresent()) {
      Path file = path(Option.TLS_PSK, keys.get());
      return Optional.of(new Tls(required, PreSharedKeys.load(file, priority(settings))));
    }
    Optional<String> named = settings.find(Option.TLS_CERTIFICATES);
    Optional<Path> directory =
        named.isPresent()
            ? Optional.of(path(Option.TLS_CERTIFICATES, named.get()))
            : usualDirectory(folder);
    boolean verify = settings.on(Option.TLS_VERIFY_PEER);
    if (directory.isPresent() && (required || named.isPresent() || complete(directory.get()))) {
      return Optional.of(
          new Tls(required, Certificates.load(directory.get(), verify, priority(settings))));
    }
    return without(wanted, verify);
  }

  private static Optional<Tls> without(String wanted, boolean verify) throws ConfigException {
    if (wanted.equals("require") || verify) {
      throw new ConfigException(
          (verify ? "--tls-verify-peer" : "--tls=require")
              + " needs certificates: name their directory with --tls-certificates=DIR, or use"
              + " --tls-psk=FILE");
    }
    if (wanted.equals("on")) {
      LOG.warn("--tls=on, but there are no certificates: TLS is turned off");
    }
    return Optional.empty();
  }

  private static TlsPriority priority(ServerSettings settings) throws ConfigException {
    Optional<String> text = settings.find(Option.TLS_PRIORITY);
    return text.isPresent() ? TlsPriority.parse(text.get()) : TlsPriority.NORMAL;
  }

  private static Path path(Option option, String text) throws ConfigException {
    return Parameter.path(option.toString(), "").parse(text);
  }

  private static boolean complete(Path directory) {
    return Files.isReadable(directory.resolve("ca-cert.pem"))
        && Files.isReadable(directory.resolve("server-cert.pem"))
        && Files.isReadable(directory.resolve("server-key.pem"));
  }

  /** The first of the usual places that has certificates; the system's only for root. */
  private static Optional<Path> usualDirectory(String folder) {
    List<Path> places = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      places.add(Path.of("/etc/pki", folder));
    } else {
      Path home = Path.of(System.getProperty("user.home"));
      places.add(home.resolve(".pki").resolve(folder));
      places.add(home.resolve(".config/pki").resolve(folder));
    }
    return places.stream().filter(TlsSettings::complete).findFirst();
  }
}
