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
              "Bytes to protect from changes, both ends included; you may omit either end; ~ "
                  + "means all other bytes. Numbers are decimal, 0x hexadecimal or 0 octal.",
              ProtectedRange::parse)
          .repeatable();

  @Override
  public String name() {
    return "protect";
  }

  @Override
  public String description() {
    return "protect parts of the disk from changes";
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
