package org.nbdcore.plugin.info;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code info}: a disk with information about the client and the server. */
public final class InfoProvider implements PluginProvider {

  static final Parameter<String> MODE =
      Parameter.choice(
              "mode",
              List.of(
                  "exportname",
                  "base64exportname",
                  "address",
                  "time",
                  "uptime",
                  "conntime",
                  "version"),
              "What the disk holds.")
          .defaultValue("exportname")
          .magic();

  @Override
  public String name() {
    return "info";
  }

  @Override
  public String description() {
    return "A disk that contains facts about the client and the server";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(MODE);
  }

  @Override
  public void dump(Config config, DumpSink out) {
    out.put("info_address", "yes");
    out.put("info_base64", "yes");
  }

  @Override
  public Plugin create(Config config) {
    return new InfoPlugin(config.get(MODE), version());
  }
}
