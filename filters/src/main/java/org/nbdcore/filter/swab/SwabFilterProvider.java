package org.nbdcore.filter.swab;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=swab}. */
public final class SwabFilterProvider implements FilterProvider {

  private static final Parameter<Integer> BITS =
      Parameter.choice(
              "swab-bits",
              List.of("8", "16", "32", "64"),
              "Size of a word whose bytes are reversed, in bits.")
          .map(Integer::valueOf)
          .defaultValue(16);

  @Override
  public String name() {
    return "swab";
  }

  @Override
  public String description() {
    return "swap the order of bytes";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(BITS);
  }

  @Override
  public Filter create(Config config) {
    return new SwabFilter(config.get(BITS) / 8);
  }
}
