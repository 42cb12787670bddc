package org.nbdcore.plugin.ssh;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.Configs;

/** A started plugin, for tests. */
final class StartedPlugin implements AutoCloseable {

  private final Plugin plugin;

  StartedPlugin(List<String> arguments) throws Exception {
    this(Map.of(), arguments);
  }

  StartedPlugin(Map<String, String> environment, List<String> arguments) throws Exception {
    plugin = SshParameters.plugin(Configs.of(SshParameters.ALL, arguments), environment);
    plugin.start(StartContext.NONE);
  }

  BlockDevice open() throws IOException {
    return plugin.open(OpenRequest.detached("", false));
  }

  @Override
  public void close() throws IOException {
    plugin.close();
  }
}
