package org.nbdcore.plugin.nbd;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.helpers.DumpCallbacks;

/** Describes {@code nbd}: forwards to another NBD server. */
public final class NbdProvider implements PluginProvider {

  @Override
  public String name() {
    return "nbd";
  }

  @Override
  public String description() {
    return "An export of another NBD server";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return NbdParameters.ALL;
  }

  @Override
  public void dump(Config config, DumpSink out) {
    DumpCallbacks.putAll(
        out, "list_exports", "default_export", "export_description", "block_size", "is_rotational");
    out.put("libnbd_tls", "1");
    out.put("libnbd_uri", "1");
    out.put("libnbd_vsock", "1");
    out.put("libnbd_dynamic_list", "1");
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    return NbdParameters.plugin(config);
  }
}
