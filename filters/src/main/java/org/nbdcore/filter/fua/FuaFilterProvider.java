package org.nbdcore.filter.fua;

import java.util.List;
import java.util.Locale;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=fua}. */
public final class FuaFilterProvider implements FilterProvider {

  private static final Parameter<FuaMode> MODE =
      Parameter.choice(
              "fuamode",
              List.of("discard", "pass", "none", "emulate", "native", "force"),
              "Whether force unit access is offered, and how it is carried out.")
          .map(word -> FuaMode.valueOf(word.toUpperCase(Locale.ROOT)))
          .defaultValue(FuaMode.NONE);

  private static final Parameter<Boolean> FLUSH_ON_CLOSE =
      Parameter.bool("flush-on-close", "Whether the disk is flushed when a client leaves.")
          .defaultValue(false);

  @Override
  public String name() {
    return "fua";
  }

  @Override
  public String description() {
    return "change what flush and force unit access do";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(MODE, FLUSH_ON_CLOSE);
  }

  @Override
  public Filter create(Config config) {
    return new FuaFilter(config.get(MODE), config.get(FLUSH_ON_CLOSE));
  }
}
