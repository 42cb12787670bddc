package org.nbdcore.spi;

/** Receives the lines of {@code --dump-plugin}. */
public interface DumpSink {

  /** Prints {@code key=value} on standard output. */
  void put(String key, String value);

  /** Prints a message on standard error; the exit status stays 0. */
  void error(String message);
}
