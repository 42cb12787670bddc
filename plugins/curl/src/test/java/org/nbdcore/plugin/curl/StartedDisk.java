package org.nbdcore.plugin.curl;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.Configs;
import org.nbdcore.testkit.DiskContents;

/** A started plugin, for tests. */
final class StartedDisk implements AutoCloseable {

  private final Plugin plugin;

  StartedDisk(String... arguments) throws Exception {
    this(Map.of(), arguments);
  }

  StartedDisk(Map<String, String> environment, String... arguments) throws Exception {
    plugin = create(environment, arguments);
    try {
      plugin.start(StartContext.NONE);
    } catch (Exception e) {
      plugin.close();
      throw e;
    }
  }

  static Plugin create(Map<String, String> environment, String... arguments)
      throws ConfigException {
    return CurlParameters.plugin(Configs.of(CurlParameters.ALL, List.of(arguments)), environment);
  }

  BlockDevice device() throws IOException {
    return plugin.open(OpenRequest.of("", Session.DETACHED).withReadOnly(true));
  }

  /** Opens the disk and reads some of it. */
  byte[] read(long offset, int length) throws IOException {
    try (BlockDevice device = device()) {
      return DiskContents.read(device, offset, length);
    }
  }

  @Override
  public void close() throws IOException {
    plugin.close();
  }
}
