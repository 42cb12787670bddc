package org.nbdcore.metrics;

/** The JMX view of an export. Counters start with the server. */
public interface ExportMXBean {

  /** Returns the name of the export. */
  String getName();

  /** Returns the number of open connections. */
  int getConnections();

  /** Returns the size in bytes when the export was last opened; 0 if it never was. */
  long getSize();

  /** Returns the end of the highest range that an open connection has read or written, in bytes. */
  long getPosition();

  /** Returns the number of requests in progress. */
  long getRequestsInProgress();

  /** Returns the number of completed requests. */
  long getRequests();

  /** Returns the number of failed requests. */
  long getErrors();

  /** Returns the bytes that clients have read. */
  long getBytesRead();

  /** Returns the bytes that clients have written, zeroes included. */
  long getBytesWritten();
}
