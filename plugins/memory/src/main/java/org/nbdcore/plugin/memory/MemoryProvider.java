package org.nbdcore.plugin.memory;

import java.util.List;
import org.nbdcore.allocator.Allocators;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code memory}: a disk in memory that all connections share. */
public final class MemoryProvider implements PluginProvider {

  /** What the disks can do beside reading, by the names of {@code --dump-plugin}. */
  private static final List<String> CALLBACKS =
      List.of(
          "can_write",
          "can_flush",
          "can_trim",
          "can_zero",
          "can_fast_zero",
          "can_extents",
          "can_fua",
          "can_multi_conn",
          "can_cache",
          "pwrite",
          "flush",
          "trim",
          "zero",
          "extents",
          "cache",
          "close");

  static final Parameter<Long> SIZE =
      Parameter.size("size", "The size of the disk.").required().magic();

  static final Parameter<Allocators> ALLOCATOR = Allocators.parameter();

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public String description() {
    return "A disk in memory, lost when the server ends";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(SIZE, ALLOCATOR);
  }

  @Override
  public void dump(Config config, DumpSink out) {
    CALLBACKS.forEach(callback -> out.put("has_" + callback, "1"));
    Allocators.dump(out);
  }

  @Override
  public Plugin create(Config config) {
    return new MemoryPlugin(config.get(ALLOCATOR), config.get(SIZE));
  }
}
