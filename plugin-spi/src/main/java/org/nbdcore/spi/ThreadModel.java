package org.nbdcore.spi;

/**
 * How many calls may be in progress at the same time, from the strictest model to the most
 * permissive. The models are those of nbdkit.
 */
public enum ThreadModel {
  /** One connection is served at a time; others wait before their handshake. */
  SERIALIZE_CONNECTIONS,
  /** Many connections, but only one request at a time over all of them. */
  SERIALIZE_ALL_REQUESTS,
  /** One request at a time on each connection. */
  SERIALIZE_REQUESTS,
  /** Any number of requests on any number of connections. */
  PARALLEL;

  /** The stricter of two models. */
  public ThreadModel strictest(ThreadModel other) {
    return compareTo(other) <= 0 ? this : other;
  }
}
