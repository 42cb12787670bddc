package org.nbdcore.spi;

/** How many calls may be in progress at once, from the strictest to the freest. */
public enum ThreadModel {
  /** One connection is served at a time; others wait before their handshake. */
  SERIALIZE_CONNECTIONS,
  /** Many connections, one request of all of them at a time. */
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
