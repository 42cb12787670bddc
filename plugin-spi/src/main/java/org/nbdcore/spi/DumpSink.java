package org.nbdcore.spi;

/** Receives the lines of {@code --dump-plugin}. */
public interface DumpSink {

  /** Prints {@code key=value} on standard output. */
  void put(String key, String value);

  /** Prints a message on standard error; the exit status stays 0. */
  void error(String message);

  /** Prints a message on standard error; the exit status is 1. */
  default void failed(String message) {
    error(message);
  }
}
