package org.nbdcore.testkit;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;

/** Creates configurations from {@code key=value} texts, as the command line does. */
public final class Configs {

  private Configs() {}

  /**
   * Parses {@code arguments}.
   *
   * @param parameters those that the plugin or filter declares
   * @param arguments each {@code key=value}
   * @throws ConfigException if the command line would refuse the arguments, with the same message
   */
  public static Config of(List<Parameter<?>> parameters, List<String> arguments)
      throws ConfigException {
    return builder(parameters, arguments).build();
  }

  /** Parses {@code arguments}, each {@code key=value}. */
  public static Config of(List<Parameter<?>> parameters, String... arguments)
      throws ConfigException {
    return of(parameters, List.of(arguments));
  }

  static Config.Builder builder(List<Parameter<?>> parameters, List<String> arguments) {
    Config.Builder builder = Config.builder(parameters);
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("must be key=value, not '" + argument + "'");
      }
      builder.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
    return builder;
  }
}
