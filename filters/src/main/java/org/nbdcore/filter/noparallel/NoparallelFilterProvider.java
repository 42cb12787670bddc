package org.nbdcore.filter.noparallel;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.ThreadModel;

/** Provides {@code --filter=noparallel}. */
public final class NoparallelFilterProvider implements FilterProvider {

  private static final Parameter<ThreadModel> SERIALIZE =
      Parameter.choice(
              "serialize",
              List.of("requests", "all-requests", "connections"),
              "What to serialize: requests of each connection, requests of all connections, or "
                  + "connections.")
          .alias("serialise")
          .map(NoparallelFilterProvider::model)
          .defaultValue(ThreadModel.SERIALIZE_REQUESTS);

  @Override
  public String name() {
    return "noparallel";
  }

  @Override
  public String description() {
    return "limit parallel requests";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(SERIALIZE);
  }

  @Override
  public Filter create(Config config) {
    return new NoparallelFilter(config.get(SERIALIZE));
  }

  private static ThreadModel model(String word) {
    return switch (word) {
      case "requests" -> ThreadModel.SERIALIZE_REQUESTS;
      case "all-requests" -> ThreadModel.SERIALIZE_ALL_REQUESTS;
      default -> ThreadModel.SERIALIZE_CONNECTIONS;
    };
  }
}
