package org.nbdcore.chain;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.Experimental;
import org.nbdcore.spi.Host;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.spi.helpers.BlockDevices;

/**
 * A plugin and the filters above it, as one {@link Backend} whose devices emulate missing
 * operations. Created by a {@link ChainBuilder}.
 *
 * <p>Life cycle: {@link #start} once, then the methods of {@link #top} on any thread, then {@link
 * #close}. Call {@code close} also after a failed {@code start}, or without one.
 */
public final class Chain implements Closeable {

  /** The plugin's layer first, the one nearest the client last. */
  private final List<Layer> layers;

  private volatile boolean closed; // set under the monitor

  /**
   * Takes configured layers.
   *
   * @param layers the plugin first; closed with the chain
   */
  Chain(List<Layer> layers) {
    this.layers = List.copyOf(layers);
  }

  /** Begins a chain. */
  public static ChainBuilder builder() {
    return new ChainBuilder();
  }

  /** The layer nearest the client. */
  public Backend top() {
    return layers.get(layers.size() - 1);
  }

  /** The plugin's name. */
  public String name() {
    return layers.get(0).name();
  }

  /** The strictest thread model of all layers. */
  public ThreadModel threadModel() {
    return top().threadModel();
  }

  /**
   * Starts every layer, the plugin first.
   *
   * @param host the server around the chain
   * @throws IOException from the first layer that fails, naming it; the layers after it are not
   *     started, and {@link #close} is still to be called
   */
  public void start(Host host) throws IOException {
    StartContext context = StartContext.NONE.withHost(host).withThreadModel(threadModel());
    for (Layer layer : layers) {
      layer.start(context);
    }
  }

  /**
   * Returns what the layers have counted, the one nearest the client first. Empty once the chain is
   * closed.
   */
  @Experimental
  public List<LayerCounter> counters() {
    List<LayerCounter> all = new ArrayList<>();
    for (int i = layers.size() - 1; i >= 0 && !closed; i--) {
      Layer layer = layers.get(i);
      layer.counters(new LayerCounter.Collector(layer, all));
    }
    return all;
  }

  /**
   * Has every started layer clean up, then closes every layer, the one nearest the client first;
   * each is closed even if another fails. A second call does nothing.
   *
   * @throws IOException the first failure, with the others suppressed in it
   */
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    List<Closeable> steps = new ArrayList<>();
    for (int i = layers.size() - 1; i >= 0; i--) {
      steps.add(layers.get(i)::cleanup);
    }
    for (int i = layers.size() - 1; i >= 0; i--) {
      steps.add(layers.get(i)::close);
    }
    BlockDevices.closeAll(steps);
  }
}
