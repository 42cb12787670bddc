package org.nbdcore.filter.pause;

import java.nio.file.Path;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=pause}. */
public final class PauseFilterProvider implements FilterProvider {

  private static final Parameter<Path> CONTROL =
      Parameter.path(
              "pause-control",
              "Unix socket for commands, each one character: p pauses requests, r resumes them.")
          .placeholder("SOCKET")
          .required();

  @Override
  public String name() {
    return "pause";
  }

  @Override
  public String description() {
    return "pause and resume requests by command";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(CONTROL);
  }

  @Override
  public Filter create(Config config) {
    return new PauseFilter(config.get(CONTROL));
  }
}
