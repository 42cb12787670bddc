package org.nbdcore.spi;

/** The server that runs a chain. A plugin or filter can query it, and ask it to stop. */
@FunctionalInterface
public interface Host {

  /** The host of a chain that runs without a server. {@link #stop} has no effect. */
  Host NONE = new Host() { // the start-up cache would not keep a lambda of an interface
        @Override
        public void stop() {}
      };

  /**
   * Asks the server to stop, as SIGTERM does. Returns at once. Any thread may call it, any number
   * of times, also before the server listens.
   */
  void stop();

  /** The server's name in its messages: {@code nbd-core}, or what {@code --name} says. */
  default String serverName() {
    return "nbd-core";
  }
}
