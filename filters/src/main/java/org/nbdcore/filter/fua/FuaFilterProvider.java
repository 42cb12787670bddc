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
              "fua-mode",
              FuaMode.class,
              "How to handle force unit access: do not offer it, emulate it by a flush, require it"
                  + " of the layer below, add it to every write, do not change it, or discard it"
                  + " and flushes (unsafe).")
          .alias("fuamode")
          .defaultValue(FuaMode.NONE);

  private static final Parameter<Boolean> FLUSH_ON_CLOSE =
      Parameter.bool("flush-on-close", "Whether to flush when a client disconnects.")
          .alias("flush_on_close")
          .defaultValue(false);

  @Override
  public String name() {
    return "fua";
  }

  @Override
  public String description() {
    return "change how writes become durable";
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
