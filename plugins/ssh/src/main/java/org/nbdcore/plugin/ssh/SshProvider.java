package org.nbdcore.plugin.ssh;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DebugFlag;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code ssh}: a disk image on an SSH server. */
public final class SshProvider implements PluginProvider {

  /** What the disks can do beside reading, by the names of {@code --dump-plugin}. */
  private static final List<String> CALLBACKS =
      List.of("can_write", "can_flush", "can_fua", "can_multi_conn", "pwrite", "flush", "close");

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
    CALLBACKS.forEach(callback -> out.put("has_" + callback, "1"));
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    return SshParameters.plugin(config, System.getenv());
  }
}
