package org.nbdcore.filter.log;

import java.nio.file.Path;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=log}. */
public final class LogFilterProvider implements FilterProvider {

  private static final Parameter<Path> FILE = Parameter.path("logfile", "Log file.");

  private static final Parameter<String> SCRIPT =
      Parameter.string("logscript", "Shell script to run for each line of the log.")
          .placeholder("SCRIPT");

  private static final Parameter<Boolean> APPEND =
      Parameter.bool("logappend", "Whether to append to the file instead of replacing it.")
          .defaultValue(false);

  @Override
  public String name() {
    return "log";
  }

  @Override
  public String description() {
    return "log every request to a file or a script";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(FILE, SCRIPT, APPEND);
  }

  @Override
  public Filter create(Config config) {
    return new LogFilter(new LogOutput(config.find(FILE), config.find(SCRIPT), config.get(APPEND)));
  }
}
