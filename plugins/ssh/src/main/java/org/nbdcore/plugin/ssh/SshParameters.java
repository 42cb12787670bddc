package org.nbdcore.plugin.ssh;

import java.nio.file.InvalidPathException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.Secret;

/** The parameters of the plugin, and the remote file that they describe. */
final class SshParameters {

  private static final int DEFAULT_MODE = 0600;

  static final Parameter<String> HOST =
      Parameter.string("host", "Name or address of the SSH server.").placeholder("HOST").required();
  static final Parameter<String> PATH =
      Parameter.string("path", "The remote file; relative names start at the home directory.")
          .placeholder("PATH")
          .required()
          .magic();
  static final Parameter<Boolean> COMPRESSION =
      Parameter.bool("compression", "Whether to compress, for slow networks.").defaultValue(false);
  static final Parameter<String> CONFIG =
      Parameter.string("config", "SSH configuration to read; empty for none.")
          .placeholder("[FILE]");
  static final Parameter<Boolean> CREATE =
      Parameter.bool("create", "Whether the first client creates the file, or replaces it.")
          .defaultValue(false);
  static final Parameter<Long> CREATE_MODE =
      Parameter.integer("create-mode", 0, 0777, "Permissions of a created file.")
          .placeholder("MODE")
          .defaultValue((long) DEFAULT_MODE);
  static final Parameter<Long> CREATE_SIZE =
      Parameter.size("create-size", "Size of a created file.");
  static final Parameter<String> IDENTITY =
      Parameter.string("identity", "Private key for the login.").placeholder("FILE").repeatable();
  static final Parameter<String> KNOWN_HOSTS =
      Parameter.string("known-hosts", "Host keys to accept, instead of ~/.ssh/known_hosts.")
          .placeholder("FILE");
  static final Parameter<Secret> PASSPHRASE =
      Parameter.password("passphrase", "Passphrase of the private keys.");
  static final Parameter<Secret> PASSWORD =
      Parameter.password("password", "Password for the login.");
  static final Parameter<Integer> PORT =
      Parameter.of("port", "PORT", "Port of the SSH server.", SshParameters::port);
  static final Parameter<Duration> TIMEOUT =
      Parameter.duration("timeout", "Maximum time to connect and to log in.")
          .placeholder("SECS")
          .defaultValue(Duration.ofSeconds(30))
          .map(SshParameters::positive);
  static final Parameter<String> USER =
      Parameter.string("user", "User name for the login; the local one by default.")
          .placeholder("USER");
  static final Parameter<Boolean> VERIFY =
      Parameter.bool("verify-remote-host", "Whether to check the server's host key.")
          .defaultValue(true);

  static final List<Parameter<?>> ALL =
      List.of(
          HOST,
          PATH,
          COMPRESSION,
          CONFIG,
          CREATE,
          CREATE_MODE,
          CREATE_SIZE,
          IDENTITY,
          KNOWN_HOSTS,
          PASSPHRASE,
          PASSWORD,
          PORT,
          TIMEOUT,
          USER,
          VERIFY);

  private SshParameters() {}

  static Plugin plugin(Config config, Map<String, String> environment) throws ConfigException {
    if (config.get(CREATE) && !config.has(CREATE_SIZE)) {
      throw new ConfigException("create=true needs create-size, the size of the new file");
    }
    SshSettings settings =
        new SshSettings(
            config.get(HOST),
            config.find(PORT),
            config.find(USER),
            config.find(PASSWORD),
            config.find(PASSPHRASE),
            config.find(CONFIG),
            config.all(IDENTITY),
            config.find(KNOWN_HOSTS),
            config.get(VERIFY),
            config.get(TIMEOUT),
            config.get(COMPRESSION),
            Optional.ofNullable(environment.get("SSH_AUTH_SOCK")).filter(name -> !name.isEmpty()));
    for (String file : settings.files()) {
      check(settings, file);
    }
    Optional<NewFile> created =
        config.get(CREATE)
            ? Optional.of(
                new NewFile(config.get(CREATE_SIZE), Math.toIntExact(config.get(CREATE_MODE))))
            : Optional.empty();
    return new SshPlugin(settings, config.get(PATH), created, config.debug(SshProvider.LOG));
  }

  private static void check(SshSettings settings, String file) throws ConfigException {
    try {
      settings.expanded(file, settings.host(), SshSettings.DEFAULT_PORT, "user");
    } catch (InvalidPathException e) {
      throw new ConfigException("'" + file + "' is not a file name: " + e.getReason(), e);
    }
  }

  private static Duration positive(Duration time) throws ConfigException {
    if (time.isZero()) {
      throw new ConfigException("must be more than 0");
    }
    return time;
  }

  private static Integer port(String text) throws ConfigException {
    if (text.equals("ssh")) {
      return SshSettings.DEFAULT_PORT;
    }
    try {
      int port = Integer.parseInt(text);
      if (port > 0 && port < 65536) {
        return port;
      }
    } catch (NumberFormatException e) {
      throw new ConfigException("must be a number from 1 to 65535, or ssh, not '" + text + "'", e);
    }
    throw new ConfigException("must be a number from 1 to 65535, or ssh, not '" + text + "'");
  }
}
