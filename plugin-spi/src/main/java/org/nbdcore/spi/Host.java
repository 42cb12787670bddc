package org.nbdcore.spi;

/** The server around a chain, as far as a plugin or filter may ask or steer it. */
@FunctionalInterface
public interface Host {

  /** Stands in if there is no server. */
  Host NONE = () -> {};

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
