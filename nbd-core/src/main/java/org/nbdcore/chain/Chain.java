package org.nbdcore.chain;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
 * #close}. Call {@code close} also after a failed {@code start}, or without one. A chain cannot be
 * started again, also not after {@code close}: build a new one.
 *
 * <p>A server that receives a chain starts and closes it. Do not call these methods then.
 */
public final class Chain implements Closeable {

  private enum State {
    NEW("is free"),
    CLAIMED("is already in use"),
    STARTED("has already been started"),
    CLOSED("is closed");

    private final String text;

    State(String text) {
      this.text = text;
    }
  }

  /** The plugin's layer first, the one nearest the client last. */
  private final List<Layer> layers;

  private final Object stateLock = new Object();
  private volatile State state = State.NEW; // set while stateLock is held

  /**
   * Creates a chain of configured layers.
   *
   * @param layers the plugin first; {@link #close} closes them
   */
  Chain(List<Layer> layers) {
    this.layers = List.copyOf(layers);
  }

  /** Returns a builder of a chain. */
  public static ChainBuilder builder() {
    return new ChainBuilder();
  }

  /**
   * The layer nearest the client. Call its methods only between {@link #start} and {@link #close}.
   */
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
   * Reserves the chain for one caller, who then starts and closes it. A server claims each chain
   * that it receives, so a chain cannot be in two servers or have two names.
   *
   * @throws IllegalStateException if the chain was claimed or started before, or is closed
   */
  @Experimental
  public void claim() {
    enter(State.CLAIMED, Set.of(State.NEW));
  }

  private void enter(State next, Set<State> before) {
    synchronized (stateLock) {
      if (!before.contains(state)) {
        throw new IllegalStateException(
            "the chain of "
                + name()
                + " "
                + state.text
                + "; build a new chain for each export and for each server");
      }
      state = next;
    }
  }

  /**
   * Starts every layer, the plugin first.
   *
   * @param host the server that runs the chain
   * @throws IOException if a layer fails to start; the message names the layer. The layers after it
   *     are not started. Call {@link #close} nevertheless
   * @throws IllegalStateException if the chain was started before, even if that failed, or is
   *     closed. This call then has no effect
   */
  public void start(Host host) throws IOException {
    enter(State.STARTED, Set.of(State.NEW, State.CLAIMED));
    StartContext context = StartContext.NONE.withHost(host).withThreadModel(threadModel());
    for (Layer layer : layers) {
      layer.start(context);
    }
  }

  /**
   * Returns the counters of the layers, those of the layer nearest the client first. Empty once the
   * chain is closed.
   */
  @Experimental
  public List<LayerCounter> counters() {
    List<LayerCounter> all = new ArrayList<>();
    for (int i = layers.size() - 1; i >= 0 && state != State.CLOSED; i--) {
      Layer layer = layers.get(i);
      layer.counters(new LayerCounter.Collector(layer, all));
    }
    return all;
  }

  /**
   * Calls {@code cleanup} of every started layer, then closes every layer, the layer nearest the
   * client first. Closes each layer even if another one fails. A second call does nothing.
   *
   * @throws IOException the first failure; the others are its suppressed exceptions
   */
  @Override
  public synchronized void close() throws IOException {
    synchronized (stateLock) {
      if (state == State.CLOSED) {
        return;
      }
      state = State.CLOSED;
    }
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
