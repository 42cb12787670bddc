package org.nbdcore.filter.tar;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=tar}. */
public final class TarFilterProvider implements FilterProvider {

  private static final Parameter<String> ENTRY =
      Parameter.string("tar-entry", "Name of the file inside the tar file, as 'tar tf' shows it.")
          .required();

  private static final Parameter<Long> LIMIT =
      Parameter.size("tar-limit", "How far into the tar file to search; 0 means to the end.")
          .defaultValue(0L);

  private static final Parameter<String> PROGRAM =
      Parameter.string("tar", "Accepted for command lines of nbdkit; no effect.");

  @Override
  public String name() {
    return "tar";
  }

  @Override
  public String description() {
    return "serve a file inside a tar file";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(ENTRY, LIMIT, PROGRAM);
  }

  @Override
  public Filter create(Config config) {
    return new TarFilter(config.get(ENTRY), config.get(LIMIT));
  }
}
