package org.nbdcore.plugin.vddk;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DebugFlag;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** The {@code vddk} plugin: VMware disks through VMware's own library. */
public final class VddkPluginProvider implements PluginProvider {

  private static final Log LOG = Log.of("vddk");

  /** For {@code ServiceLoader}. */
  public VddkPluginProvider() {}

  @Override
  public String name() {
    return "vddk";
  }

  @Override
  public String description() {
    return "VMware disks, local or on ESXi and vCenter, through VMware's VDDK library";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return VddkParameters.ALL;
  }

  @Override
  public List<DebugFlag> debugFlags() {
    return VddkDebug.FLAGS;
  }

  @Override
  public void dump(Config config, DumpSink out) {
    VddkDump.write(config, LOG, out);
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    VddkConfig checked = VddkConfigReader.read(config);
    checked
        .login()
        .flatMap(RemoteLogin::thumbprint)
        .filter(
            thumbprint -> Thumbprints.algorithm(thumbprint) == null || !usable(thumbprint, checked))
        .ifPresent(
            thumbprint ->
                LOG.warn(
                    "thumbprint="
                        + thumbprint
                        + " is not the SHA-1 form, 20 pairs of hexadecimal digits (see Thumbprints"
                        + " in docs/vddk.md)"));
    return new VddkPlugin(checked, LOG);
  }

  /** With a preflight another hash will do: there the server's SHA-1 is found by it. */
  private static boolean usable(String thumbprint, VddkConfig config) {
    return Thumbprints.wellFormed(thumbprint) || config.tuning().preflight();
  }
}
