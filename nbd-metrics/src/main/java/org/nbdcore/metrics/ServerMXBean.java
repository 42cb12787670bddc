package org.nbdcore.metrics;

import java.util.Map;

/** The JMX view of a server. Counters start with the server. */
public interface ServerMXBean {

  /** Returns the version of nbd-core. */
  String getVersion();

  /** Returns the state, such as {@code RUNNING}. */
  String getState();

  /** Returns true if {@code /ready} returns 200. */
  boolean isReady();

  /** Returns why the server is not ready, or {@code ready}. */
  String getReadiness();

  /** Returns the number of connected clients, including those in the handshake. */
  int getConnections();

  /** Returns the bytes of direct memory that requests and replies use. */
  long getBufferMemory();

  /** Returns the maximum of {@link #getBufferMemory}. */
  long getBufferMemoryLimit();

  /** Returns the number of completed requests. */
  long getRequests();

  /** Returns the number of failed requests. */
  long getErrors();

  /** Returns the bytes that clients have read. */
  long getBytesRead();

  /** Returns the bytes that clients have written, zeroes included. */
  long getBytesWritten();

  /**
   * Returns the counters of plugins and filters, under the names that {@code /metrics} shows, such
   * as {@code nbd_filter_cache_hits_total{export="disk1"}}.
   */
  Map<String, Double> getLayerCounters();
}
