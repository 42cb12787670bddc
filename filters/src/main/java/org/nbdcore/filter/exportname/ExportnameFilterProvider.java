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
              "Export for clients that send no name; by default that of the layer below. May be "
                  + "empty.")
          .alias("default_export");

  private static final Parameter<ListMode> LIST =
      Parameter.choice(
              "exportname-list",
              ListMode.class,
              "Exports to list: those of the layer below, an error, none, the default one, or "
                  + "those given with exportname.")
          .alias("exportname_list")
          .defaultValue(ListMode.KEEP);

  private static final Parameter<Boolean> STRICT =
      Parameter.bool(
              "exportname-strict", "Whether clients may open only exports given with exportname.")
          .alias("exportname_strict")
          .defaultValue(false);

  private static final Parameter<String> NAME =
      Parameter.string("exportname", "Name of an export; may be given several times.").repeatable();

  private static final Parameter<Describer> DESCRIPTION =
      Parameter.of(
              "exportdesc",
              "keep|none|fixed:TEXT|script:SCRIPT",
              "Description of exports: that of the layer below, none, a text, or the output of a "
                  + "shell script, which gets the name in $name.",
              Describer::parse)
          .defaultValue(Describer.KEEP);

  @Override
  public String name() {
    return "exportname";
  }

  @Override
  public String description() {
    return "change which exports clients see and open";
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
