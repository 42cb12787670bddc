package org.nbdcore.chain;

import java.io.Closeable;
import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.ThreadModel;

/**
 * A plugin under a stack of filters: one {@link Backend}, in which every device already emulates
 * what it lacks.
 */
public final class Chain implements Closeable {

  private final Plugin plugin;

  private Chain(Plugin plugin) {
    this.plugin = plugin;
  }

  /** The layer nearest the client. */
  public Backend top() {
    return plugin;
  }

  /** The strictest thread model of all layers. */
  public ThreadModel threadModel() {
    return plugin.threadModel();
  }

  /** Starts every layer, the plugin first. */
  public void start() throws IOException {
    plugin.start();
  }

  /** Closes every layer, the one nearest the client first; each is closed even if another fails. */
  @Override
  public void close() throws IOException {
    plugin.close();
  }
}
