package org.nbdcore.filter.ext2;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=ext2}. */
public final class Ext2FilterProvider implements FilterProvider {

  static final String EXPORTNAME = "exportname";

  private static final Parameter<String> FILE =
      Parameter.of(
              "ext2file",
              "/PATH|exportname",
              "Absolute path of the file in the file system, or exportname: the client's export "
                  + "name is the path.",
              Ext2FilterProvider::parse)
          .required();

  private static String parse(String text) throws ConfigException {
    if (text.startsWith("/") || text.equals(EXPORTNAME)) {
      return text;
    }
    throw new ConfigException(
        "must be an absolute path, which starts with '/', or exportname, not '" + text + "'");
  }

  @Override
  public String name() {
    return "ext2";
  }

  @Override
  public String description() {
    return "serve a file inside an ext2, ext3 or ext4 file system";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(FILE);
  }

  @Override
  public Filter create(Config config) {
    return new Ext2Filter(config.get(FILE));
  }
}
