package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.StartContext;

/**
 * The plugin as the server uses it, on a fake VDDK. Closing it ends VDDK, and fails the test if the
 * fake saw a violation of a rule or a leak.
 */
final class VddkSession implements AutoCloseable {

  private final FakeVddk fake;
  private final Plugin plugin;
  private final List<BlockDevice> devices = new ArrayList<>();

  private VddkSession(FakeVddk fake, Plugin plugin) {
    this.fake = fake;
    this.plugin = plugin;
  }

  static PluginProvider provider() {
    return ServiceLoader.load(PluginProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.name().equals("vddk"))
        .findFirst()
        .orElseThrow();
  }

  /** The configuration for {@code key=value} words; {@code -D flag=N} words set debug flags. */
  static Config config(String... words) throws ConfigException {
    Config.Builder builder = Config.builder(provider().parameters());
    for (String word : words) {
      int equals = word.indexOf('=');
      if (word.startsWith("-D ")) {
        builder.debug(word.substring(3, equals), Integer.parseInt(word.substring(equals + 1)));
      } else {
        builder.put(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    return builder.build();
  }

  static Plugin plugin(String... words) throws ConfigException {
    return provider().create(config(words));
  }

  /** Starts the plugin with libdir= and these words. */
  static VddkSession start(FakeVddk fake, String... words) throws Exception {
    List<String> all = new ArrayList<>(List.of(words));
    all.add("libdir=" + fake.libdir());
    if (all.stream().noneMatch(word -> word.startsWith("preflight="))) {
      all.add("preflight=false"); // there is no server behind the fake
    }
    VddkSession session = new VddkSession(fake, plugin(all.toArray(String[]::new)));
    try {
      session.plugin.start(StartContext.NONE);
    } catch (IOException e) {
      session.plugin.close();
      VddkProcess.exit();
      throw e;
    }
    return session;
  }

  Plugin plugin() {
    return plugin;
  }

  /** Opens a disk that is closed with the session. */
  BlockDevice open(String exportName, boolean readOnly) throws IOException {
    BlockDevice device = plugin.open(OpenRequest.detached(exportName, readOnly));
    devices.add(device);
    return device;
  }

  BlockDevice openReadOnly() throws IOException {
    return open("", true);
  }

  BlockDevice openWritable() throws IOException {
    return open("", false);
  }

  /** Closes one disk early. */
  void close(BlockDevice device) throws IOException {
    devices.remove(device);
    device.close();
  }

  @Override
  public void close() throws IOException {
    for (BlockDevice device : List.copyOf(devices)) {
      close(device);
    }
    plugin.close();
    VddkProcess.exit();
    assertThat(fake.failures()).as("violations that the fake recorded").isEmpty();
  }
}
