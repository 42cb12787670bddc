package org.nbdcore.plugin.ssh;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DebugFlag;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.helpers.DumpCallbacks;

/** Describes {@code ssh}: a disk image on an SSH server. */
public final class SshProvider implements PluginProvider {

  static final DebugFlag LOG =
      DebugFlag.of("log", "Show sessions and their algorithms; from 2 on also the files");

  @Override
  public String name() {
    return "ssh";
  }

  @Override
  public String description() {
    return "A disk image on an SSH server";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return SshParameters.ALL;
  }

  @Override
  public List<DebugFlag> debugFlags() {
    return List.of(LOG);
  }

  @Override
  public void dump(Config config, DumpSink out) {
    DumpCallbacks.put(
        out, "can_write", "can_flush", "can_fua", "can_multi_conn", "pwrite", "flush", "close");
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    return SshParameters.plugin(config, System.getenv());
  }
}
