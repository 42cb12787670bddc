package org.nbdcore.spi;

import java.io.IOException;

/**
 * A configured source of disks. It is immutable except for the resources that {@link #start}
 * acquires. Keep the state of one connection in the {@link BlockDevice}.
 *
 * <p>Life cycle: {@link PluginProvider#create}, {@link #start} once, then {@link #open} and the
 * other methods of {@link Backend}, and {@link #close} once after every device is closed. {@code
 * close} is called even if {@code start} failed or was not called.
 */
public interface Plugin extends Backend, AutoCloseable {

  /**
   * Returns how many calls may be in progress at the same time. Called once, before {@link #start}.
   */
  @Override
  default ThreadModel threadModel() {
    return ThreadModel.PARALLEL;
  }

  /**
   * Called once, before any connection. Start background threads and connect to the storage here,
   * not earlier.
   *
   * @param context the server, the log and the chain's thread model
   */
  default void start(StartContext context) throws IOException {}

  /**
   * Reports this plugin's counters since its start. Any thread may call this at any time after
   * {@link #start}, also while the layer closes. Do not block.
   */
  @Experimental
  default void counters(CounterSink sink) {}

  /**
   * Called once when the server stops, after the last connection has ended and before any layer is
   * closed. Not called if the plugin was not started.
   */
  default void cleanup() throws IOException {}

  /** Releases what {@link #start} acquired. */
  @Override
  default void close() throws IOException {}
}
