package org.nbdcore.filter.exportname;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=exportname}. */
public final class ExportnameFilterProvider implements FilterProvider {

  private static final Parameter<String> DEFAULT_EXPORT =
      Parameter.string(
          "default-export",
          "The export that a client gets who does not name one; by default what the layer below"
              + " says. May be empty.");

  private static final Parameter<ListMode> LIST =
      Parameter.choice(
              "exportname-list",
              List.of("keep", "error", "empty", "defaultonly", "explicit"),
              "Which exports clients are told of: those of the layer below, none with an error,"
                  + " none, the default one, or those given with exportname.")
          .map(ListMode::of)
          .defaultValue(ListMode.KEEP);

  private static final Parameter<Boolean> STRICT =
      Parameter.bool(
              "exportname-strict", "Whether only exports given with exportname can be opened.")
          .defaultValue(false);

  private static final Parameter<String> NAME =
      Parameter.string("exportname", "The name of an export; may be given several times.")
          .repeatable();

  private static final Parameter<Describer> DESCRIPTION =
      Parameter.of(
              "exportdesc",
              "keep|none|fixed:TEXT|script:SCRIPT",
              "How exports are described: as the layer below does, not at all, with a text, or"
                  + " with what a shell script prints that finds the name in $name.",
              Describer::parse)
          .defaultValue(Describer.KEEP);

  @Override
  public String name() {
    return "exportname";
  }

  @Override
  public String description() {
    return "change which exports clients see and get";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(DEFAULT_EXPORT, LIST, STRICT, NAME, DESCRIPTION);
  }

  @Override
  public Filter create(Config config) {
    return new ExportnameFilter(
        config.find(DEFAULT_EXPORT),
        config.get(LIST),
        config.get(STRICT),
        config.all(NAME),
        config.get(DESCRIPTION));
  }
}
