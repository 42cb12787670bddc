package org.nbdcore.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nbdcore.server.tls.Certificates;
import org.nbdcore.server.tls.Tls;
import org.nbdcore.server.tls.TlsPriority;
import org.nbdcore.server.tls.psk.PreSharedKeys;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.Parameter;

/**
 * The TLS options, with the defaults of nbdkit-tls(1): TLS is offered if there are keys or
 * certificates, and required only on request. Without TLS, no TLS class is loaded.
 */
final class TlsSettings {

  private static final Log LOG = Log.of("");

  /** The value of {@code --tls}. */
  private enum Mode {
    OFF,
    IF_POSSIBLE,
    ON,
    REQUIRE
  }

  private TlsSettings() {}

  /**
   * Reads the options.
   *
   * @param folder the name of the folder below the usual directories, such as {@code ~/.pki}
   */
  static Optional<Tls> from(ServerSettings settings, String folder) throws ConfigException {
    Mode wanted = mode(settings.find(CommandLineOption.TLS));
    if (wanted == Mode.OFF) {
      return Optional.empty();
    }
    boolean required = wanted == Mode.REQUIRE;
    Optional<String> keys = settings.find(CommandLineOption.TLS_PSK);
    if (keys.isPresent()) {
      Path file = path(CommandLineOption.TLS_PSK, keys.get());
      return Optional.of(
          Tls.of(PreSharedKeys.load(file, priority(settings))).withRequired(required));
    }
    Optional<String> named = settings.find(CommandLineOption.TLS_CERTIFICATES);
    Optional<Path> directory =
        named.isPresent()
            ? Optional.of(path(CommandLineOption.TLS_CERTIFICATES, named.get()))
            : usualDirectory(folder);
    boolean verify = settings.on(CommandLineOption.TLS_VERIFY_PEER);
    if (directory.isPresent() && (required || named.isPresent() || complete(directory.get()))) {
      return Optional.of(
          Tls.of(Certificates.load(directory.get(), verify, priority(settings)))
              .withRequired(required));
    }
    return without(wanted, verify);
  }

  private static Mode mode(Optional<String> text) throws ConfigException {
    if (text.isEmpty()) {
      return Mode.IF_POSSIBLE;
    }
    if (text.get().equalsIgnoreCase("require")) {
      return Mode.REQUIRE;
    }
    try {
      return Parameter.bool("", "").parse(text.get()) ? Mode.ON : Mode.OFF;
    } catch (ConfigException e) {
      throw new ConfigException(
          CommandLineOption.TLS + " must be off, on or require, not '" + text.get() + "'", e);
    }
  }

  private static Optional<Tls> without(Mode wanted, boolean verify) throws ConfigException {
    if (wanted == Mode.REQUIRE) {
      throw new ConfigException(
          "--tls=require needs certificates: name their directory with --tls-certificates=DIR, or"
              + " use --tls-psk=FILE");
    }
    if (wanted == Mode.ON || verify) {
      LOG.warn(
          (verify ? "--tls-verify-peer" : "--tls=on")
              + ", but there are no certificates: TLS is off, and clients are served without"
              + " encryption (--tls=require refuses to start)");
    }
    return Optional.empty();
  }

  private static TlsPriority priority(ServerSettings settings) throws ConfigException {
    Optional<String> text = settings.find(CommandLineOption.TLS_PRIORITY);
    return text.isPresent() ? TlsPriority.parse(text.get()) : TlsPriority.NORMAL;
  }

  private static Path path(CommandLineOption option, String text) throws ConfigException {
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
