package org.nbdcore.spi;

/** The server around a chain, as far as a filter may steer it without a client at hand. */
@FunctionalInterface
public interface Host {

  /** Stands in where there is no server. */
  Host NONE = () -> {};

  /**
   * Asks the server to stop as if by SIGTERM. Returns at once; any thread may call it, many times,
   * also before the server listens.
   */
  void stop();
}
