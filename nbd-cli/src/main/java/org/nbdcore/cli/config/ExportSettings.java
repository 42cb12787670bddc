package org.nbdcore.cli.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.Parameter;

/**
 * The section {@code [export NAME]} of a configuration file: the settings of the export, and the
 * parameters of its plugin and filters.
 */
public final class ExportSettings {

  private static final Parameter<String> PLUGIN = Parameter.string("plugin", "");
  private static final Parameter<String> FILTER = Parameter.string("filter", "").repeatable();
  private static final Parameter<String> DESCRIPTION = Parameter.string("description", "");
  private static final Parameter<Boolean> READ_ONLY =
      Parameter.bool("readonly", "").defaultValue(false);
  private static final Parameter<Boolean> ON_DEMAND =
      Parameter.choice("start", List.of("at-start", "on-demand"), "")
          .map("on-demand"::equals)
          .defaultValue(false);
  private static final Parameter<String> ALLOW = Parameter.string("allow", "").repeatable();
  private static final Parameter<Long> MAX_IN_FLIGHT =
      Parameter.size("max-in-flight", "")
          .map(ExportSettings::positive)
          .defaultValue(Long.MAX_VALUE);

  private static final List<Parameter<?>> DECLARED =
      List.of(PLUGIN, FILTER, DESCRIPTION, READ_ONLY, ON_DEMAND, ALLOW, MAX_IN_FLIGHT);

  /** The settings of an export. */
  public static final List<String> KEYS = DECLARED.stream().<String>map(Parameter::key).toList();

  private final ConfigSection section;
  private final boolean readOnly;
  private final boolean onDemand;
  private final long maxInFlight;

  private ExportSettings(ConfigSection section, ConfigErrors errors) {
    this.section = section;
    readOnly = value(READ_ONLY, errors);
    onDemand = value(ON_DEMAND, errors);
    maxInFlight = value(MAX_IN_FLIGHT, errors);
  }

  static ExportSettings of(ConfigSection section, ConfigErrors errors) {
    List<String> repeatable = new ArrayList<>();
    for (Parameter<?> parameter : DECLARED) {
      if (parameter.isRepeatable()) {
        repeatable.add(parameter.key());
      }
    }
    section.rejectRepeated(KEYS, repeatable, errors);
    if (section.all(PLUGIN.key()).isEmpty()) {
      errors.add(
          section.number(), "the export '" + section.name() + "' has no plugin: plugin = NAME");
    }
    return new ExportSettings(section, errors);
  }

  private static long positive(long size) throws ConfigException {
    if (size < 1) {
      throw new ConfigException("must be at least 1 byte, not " + size);
    }
    return size;
  }

  private <T> T value(Parameter<T> parameter, ConfigErrors errors) {
    Optional<ConfigLine> line = section.find(parameter.key());
    if (line.isPresent()) {
      try {
        return parameter.parse(line.get().value());
      } catch (ConfigException e) {
        errors.add(line.get().number(), e.getMessage());
      }
    }
    return parameter.defaultValue().orElseThrow();
  }

  /** The name of the export; {@code *} for all names that have no section. */
  public String name() {
    return section.name();
  }

  /** The number of the line {@code [export NAME]}. */
  public int line() {
    return section.number();
  }

  /** The plugin, if the section names one. */
  public Optional<ConfigLine> plugin() {
    return section.find(PLUGIN.key());
  }

  /** The filters, the one nearest the client first. */
  public List<ConfigLine> filters() {
    return section.all(FILTER.key());
  }

  /** The description in the list of exports, or the empty string. */
  public String description() {
    return section.find(DESCRIPTION.key()).map(ConfigLine::value).orElse("");
  }

  /** True if the server refuses writes. */
  public boolean readOnly() {
    return readOnly;
  }

  /** True if the chain starts only when a client opens the export. */
  public boolean onDemand() {
    return onDemand;
  }

  /** The clients that may use the export, as parameters of the filter ip; none for all clients. */
  public List<ConfigLine> allow() {
    return section.all(ALLOW.key());
  }

  /** Bytes of data that its requests in progress may have, or {@link Long#MAX_VALUE}. */
  public long maxInFlight() {
    return maxInFlight;
  }

  /** The lines for the plugin and the filters. */
  public List<ConfigLine> parameters() {
    return section.lines().stream().filter(line -> !KEYS.contains(line.key())).toList();
  }

  /**
   * A text that changes if the export must be replaced. It contains the modification times of
   * password files.
   *
   * @param credentials finds the files of credentials
   */
  public List<String> fingerprint(Credentials credentials) {
    List<String> all = new ArrayList<>();
    for (ConfigLine line : section.lines()) {
      all.add(line.key() + "=" + line.value());
      if (Credentials.named(line.value())) {
        try {
          all.add(state(credentials.file(line.key(), line.value())));
        } catch (ConfigException e) {
          all.add("missing");
        }
      } else if (line.value().startsWith("+")) {
        all.add(state(line.value().substring(1)));
      }
    }
    return all;
  }

  private static String state(String file) {
    try {
      Path path = FileNames.path(file);
      BasicFileAttributes state = Files.readAttributes(path, BasicFileAttributes.class);
      return state.lastModifiedTime() + " " + state.size() + " " + state.fileKey();
    } catch (IOException | RuntimeException e) {
      return "unreadable";
    }
  }
}
