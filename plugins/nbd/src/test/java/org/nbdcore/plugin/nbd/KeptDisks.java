package org.nbdcore.plugin.nbd;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.nbdcore.allocator.Allocator;
import org.nbdcore.allocator.Allocators;
import org.nbdcore.allocator.MemoryDevice;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.ThreadModel;

/** Disks in memory by export name. They outlive the servers that serve them. */
class KeptDisks implements PluginProvider, Plugin {

  private final Map<String, Allocator> disks = new TreeMap<>();
  final AtomicInteger opened = new AtomicInteger();

  KeptDisks with(String exportName, long size) throws IOException {
    disks.put(exportName, Allocators.SPARSE.create(size));
    return this;
  }

  @Override
  public String name() {
    return "kept";
  }

  @Override
  public String description() {
    return "Disks that outlive their server";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public ThreadModel threadModel() {
    return ThreadModel.PARALLEL;
  }

  @Override
  public Plugin create(Config config) {
    return this;
  }

  @Override
  public List<Export> listExports(OpenRequest request) {
    List<Export> exports = new ArrayList<>();
    disks.keySet().forEach(name -> exports.add(Export.of(name).withDescription("disk " + name)));
    return exports;
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    Allocator disk = disks.get(request.exportName());
    if (disk == null) {
      throw new NbdException(NbdError.EINVAL, "there is no disk " + request.exportName());
    }
    opened.incrementAndGet();
    return new MemoryDevice(disk);
  }
}
