package org.nbdcore.plugin.cdi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.Configs;

/** A started plugin, for tests. */
final class StartedDisk implements AutoCloseable {

  /** The requested pauses, in seconds. The tests do not wait. */
  static final List<Long> PAUSES = new ArrayList<>();

  private final CdiPlugin plugin;

  private StartedDisk(CdiPlugin plugin) {
    this.plugin = plugin;
  }

  static StartedDisk of(Map<String, String> environment, String... arguments) throws Exception {
    PAUSES.clear();
    CdiPlugin plugin =
        CdiParameters.plugin(
            Configs.of(CdiParameters.ALL, List.of(arguments)),
            environment,
            nanos -> PAUSES.add(nanos / 1_000_000_000));
    try {
      plugin.start(StartContext.NONE);
      return new StartedDisk(plugin);
    } catch (IOException | RuntimeException e) {
      plugin.close();
      throw e;
    }
  }

  /** All bytes of the disk of a plugin with these arguments. */
  static byte[] contents(String... arguments) throws Exception {
    try (StartedDisk disk = of(Map.of(), arguments)) {
      return disk.contents();
    }
  }

  byte[] contents() throws IOException {
    try (BlockDevice device = plugin.open(OpenRequest.detached("", true))) {
      ByteBuffer bytes = ByteBuffer.allocateDirect(Math.toIntExact(device.size()));
      device.read(bytes, 0);
      byte[] read = new byte[bytes.capacity()];
      bytes.flip().get(read);
      return read;
    }
  }

  @Override
  public void close() throws IOException {
    plugin.close();
  }
}
