package com.example;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Declares the filter's name and parameters; named in META-INF/services. */
public final class @Class@Provider implements FilterProvider {

  static final Parameter<Long> KEY =
      Parameter.integer("@name@-key", 0, 255, "Key to combine with every byte. Default 255.")
          .defaultValue(255L);

  @Override
  public String name() {
    return "@name@";
  }

  @Override
  public String description() {
    return "combine every byte with a key";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(KEY);
  }

  @Override
  public Filter create(Config config) {
    return new @Class@Filter(config.get(KEY).intValue());
  }
}
