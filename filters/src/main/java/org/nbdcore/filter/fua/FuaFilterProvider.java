package org.nbdcore.filter.fua;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=fua}. */
public final class FuaFilterProvider implements FilterProvider {

  private static final Parameter<FuaMode> MODE =
      Parameter.choice(
              "fuamode",
              List.of("none", "emulate", "native", "force", "pass", "discard"),
              "What becomes of force unit access: not offered, done by a flush, left to the layer"
                  + " below, added to every write, passed on, or thrown away with flushes"
                  + " (unsafe).")
          .map(FuaMode::of)
          .defaultValue(FuaMode.NONE);

  private static final Parameter<Boolean> FLUSH_ON_CLOSE =
      Parameter.bool("flush-on-close", "Whether to flush when a client leaves.")
          .defaultValue(false);

  @Override
  public String name() {
    return "fua";
  }

  @Override
  public String description() {
    return "change how writes are made durable";
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
