package org.nbdcore.plugin.nbd;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code nbd}: forwards to another NBD server. */
public final class NbdProvider implements PluginProvider {

  /** What the disks can do beside reading, by the names of {@code --dump-plugin}. */
  private static final List<String> CALLBACKS =
      List.of(
          "list_exports",
          "default_export",
          "export_description",
          "block_size",
          "is_rotational",
          "can_write",
          "can_flush",
          "can_trim",
          "can_zero",
          "can_fast_zero",
          "can_extents",
          "can_fua",
          "can_multi_conn",
          "can_cache",
          "pwrite",
          "flush",
          "trim",
          "zero",
          "extents",
          "cache",
          "close");

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
    CALLBACKS.forEach(callback -> out.put("has_" + callback, "1"));
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
