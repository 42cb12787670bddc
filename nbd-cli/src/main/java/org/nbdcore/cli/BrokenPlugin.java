package org.nbdcore.cli;

import java.io.IOException;
import java.util.List;
import org.nbdcore.chain.Chain;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.StartContext;

/**
 * Replaces a chain that cannot be created, for example because a file is missing. Its start fails
 * with the reason. So the server serves the other exports, and clients of this one get the reason.
 */
record BrokenPlugin(String reason) implements Plugin {

  /**
   * A chain that does not start.
   *
   * @param plugin the name of the plugin that it stands for
   */
  static Chain chain(String plugin, String reason) {
    try {
      Config none = Config.builder(List.of()).build();
      return Chain.builder().plugin(new Provider(plugin, reason), none).build();
    } catch (ConfigException e) {
      throw new IllegalStateException(e); // it has no configuration
    }
  }

  @Override
  public void start(StartContext context) throws IOException {
    throw failure();
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    throw failure();
  }

  private NbdException failure() {
    return new NbdException(NbdError.EIO, reason);
  }

  private record Provider(String name, String reason) implements PluginProvider {

    @Override
    public String description() {
      return "a chain that cannot be made";
    }

    @Override
    public List<Parameter<?>> parameters() {
      return List.of();
    }

    @Override
    public Plugin create(Config config) {
      return new BrokenPlugin(reason);
    }
  }
}
