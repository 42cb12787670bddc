package org.nbdcore.plugin.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.Configs;

/** A started plugin and its devices, for tests. */
final class StartedPlugin implements AutoCloseable {

  final Plugin plugin;

  StartedPlugin(String... arguments) throws Exception {
    plugin = create(arguments);
    try {
      plugin.start(StartContext.NONE);
    } catch (Exception e) {
      plugin.close();
      throw e;
    }
  }

  static Plugin create(String... arguments) throws ConfigException {
    NbdProvider provider = new NbdProvider();
    return provider.create(Configs.of(provider.parameters(), List.of(arguments)));
  }

  BlockDevice device() throws Exception {
    return device("", false);
  }

  BlockDevice device(String exportName, boolean readOnly) throws Exception {
    return plugin.open(OpenRequest.of(exportName, Session.DETACHED).withReadOnly(readOnly));
  }

  static void write(BlockDevice device, long offset, int value) throws Exception {
    device.write(ByteBuffer.allocateDirect(1).put(0, (byte) value), offset, Flags.NONE);
  }

  static byte read(BlockDevice device, long offset) throws Exception {
    ByteBuffer one = ByteBuffer.allocateDirect(1);
    device.read(one, offset);
    return one.get(0);
  }

  @Override
  public void close() throws IOException {
    plugin.close();
  }
}
