package org.nbdcore.cli;

import org.nbdcore.chain.Trace;
import org.nbdcore.cli.config.ParameterRouter;
import org.nbdcore.server.ServerBuilder;
import org.nbdcore.spi.ConfigException;

/** The plugin and the filters of a command line, which serve every export name. */
record SingleDisk(Layers layers, ParameterRouter router) implements ServerContent {

  @Override
  public String label() {
    return layers.plugin().name();
  }

  @Override
  public void addTo(ServerBuilder builder, Trace trace) throws ConfigException {
    builder.chain(layers.build(router, trace));
  }
}
