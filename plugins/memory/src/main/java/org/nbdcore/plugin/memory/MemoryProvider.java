package org.nbdcore.plugin.memory;

import java.util.List;
import org.nbdcore.allocator.Allocators;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.helpers.DumpCallbacks;

/** Describes {@code memory}: a disk in memory that all connections share. */
public final class MemoryProvider implements PluginProvider {

  static final Parameter<Long> SIZE =
      Parameter.size("size", "The size of the disk.").required().magic();

  static final Parameter<Allocators> ALLOCATOR = Allocators.parameter();

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public String description() {
    return "A disk in memory; its contents are lost when the server stops";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(SIZE, ALLOCATOR);
  }

  @Override
  public void dump(Config config, DumpSink out) {
    DumpCallbacks.putAll(out);
    Allocators.dump(out);
  }

  @Override
  public Plugin create(Config config) {
    return new MemoryPlugin(config.get(ALLOCATOR), config.get(SIZE));
  }
}
