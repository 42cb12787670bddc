package org.nbdcore.filter.protect;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=protect}. */
public final class ProtectFilterProvider implements FilterProvider {

  private static final Parameter<ProtectedRange> PROTECT =
      Parameter.of(
              "protect",
              "[~]START-END",
              "A range, by its first and last byte, that must not change; with ~ everything else"
                  + " must not. May be given several times.",
              ProtectedRange::parse)
          .repeatable();

  @Override
  public String name() {
    return "protect";
  }

  @Override
  public String description() {
    return "protect ranges of the disk from changes";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(PROTECT);
  }

  @Override
  public Filter create(Config config) {
    return new ProtectFilter(config.all(PROTECT));
  }
}
