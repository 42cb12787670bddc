package org.nbdcore.plugin.cdi;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.nbdcore.plugin.curl.WebDownloader;
import org.nbdcore.plugin.file.AnonymousFile;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Secret;

/** The parameters of the plugin. */
final class CdiParameters {

  private static final int MAX_LAYERS = 100_000;

  static final Parameter<ImageName> NAME =
      Parameter.of(
              "name",
              "NAME[:TAG|@DIGEST]",
              "The image: by its name in a registry, or oci:FOLDER or oci-archive:FILE.",
              ImageName::parse)
          .required()
          .magic();
  static final Parameter<Long> LAYER =
      Parameter.integer("layer", 0, MAX_LAYERS, "The layer, counted from 0.").defaultValue(0L);
  static final Parameter<Path> AUTHFILE =
      Parameter.path("authfile", "File of credentials, as podman login writes it.")
          .placeholder("FILE");
  static final Parameter<Secret> PASSWORD =
      Parameter.password("password", "Password for the registry.");
  static final Parameter<Boolean> PLAIN_HTTP =
      Parameter.bool("plain-http", "Whether to use HTTP without TLS.").defaultValue(false);
  static final Parameter<Platform> PLATFORM =
      Parameter.of(
          "platform",
          "OS/ARCH[/VARIANT]",
          "Platform, if the image exists for several; by default this machine.",
          Platform::parse);
  static final Parameter<Duration> TIMEOUT =
      Parameter.duration("timeout", "Maximum time without data from the registry.")
          .map(CdiParameters::positive)
          .placeholder("SECS")
          .defaultValue(Duration.ofSeconds(60));
  static final Parameter<String> USER =
      Parameter.string("user", "User name for the registry.").placeholder("USER");

  static final List<Parameter<?>> ALL =
      Stream.concat(
              Stream.of(NAME, LAYER, AUTHFILE, PASSWORD, PLAIN_HTTP, PLATFORM, TIMEOUT, USER),
              WebDownloader.PARAMETERS.stream())
          .toList();

  private CdiParameters() {}

  private static Duration positive(Duration duration) throws ConfigException {
    if (duration.isZero()) {
      throw new ConfigException("must be more than 0 seconds");
    }
    return duration;
  }

  static CdiPlugin plugin(Config config, Map<String, String> environment, RetryDelay pause)
      throws ConfigException {
    if (config.has(PASSWORD) && !config.has(USER)) {
      throw new ConfigException("password needs user");
    }
    return new CdiPlugin(
        config.get(NAME).source(config, environment, pause),
        config.find(PLATFORM).orElseGet(Platform::local),
        Math.toIntExact(config.get(LAYER)),
        AnonymousFile.folder());
  }
}
