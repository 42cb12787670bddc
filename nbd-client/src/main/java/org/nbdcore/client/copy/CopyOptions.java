package org.nbdcore.client.copy;

/** Options of a copy. Sizes are in bytes. Do not change the options during a copy. */
public final class CopyOptions {

  /** The default of nbdcopy; in measurements, 128K to 1M do not differ much. */
  private int requestSize = 256 << 10;

  private int connections = 4;
  private int requests;
  private long queueSize = 16 << 20;
  private int sparse = 4096;
  private boolean allocated;
  private boolean destinationIsZero;
  private boolean extents = true;
  private boolean flush;

  /**
   * The defaults: requests of 256 KiB, 64 of them in flight, 4 connections, holes of at least 4
   * KiB.
   */
  public CopyOptions() {}

  /** The maximum length of a read or write. The copy adapts it to the limits of both sides. */
  public int requestSize() {
    return requestSize;
  }

  /** Sets {@link #requestSize}, 1 to 32 MiB. */
  public CopyOptions requestSize(int bytes) {
    requestSize = bytes;
    return this;
  }

  /** The number of connections to a server that supports multi-conn. */
  public int connections() {
    return connections;
  }

  /** Sets {@link #connections}, at least 1. */
  public CopyOptions connections(int count) {
    connections = count;
    return this;
  }

  /**
   * The number of requests in flight for each connection, or 0 for as many as {@link #queueSize}
   * allows.
   */
  public int requests() {
    return requests;
  }

  /** Sets {@link #requests}. */
  public CopyOptions requests(int count) {
    requests = count;
    return this;
  }

  /** The maximum total size of all buffers. One request is always allowed. */
  public long queueSize() {
    return queueSize;
  }

  /** Sets {@link #queueSize}. */
  public CopyOptions queueSize(long bytes) {
    queueSize = bytes;
    return this;
  }

  /** Blocks of zeroes of this size become holes. 0 turns this off. */
  public int sparse() {
    return sparse;
  }

  /** Sets {@link #sparse}, 0 or a power of two. */
  public CopyOptions sparse(int bytes) {
    sparse = bytes;
    return this;
  }

  /** True if the destination must not have holes. */
  public boolean allocated() {
    return allocated;
  }

  /** Sets {@link #allocated}. */
  public CopyOptions allocated(boolean yes) {
    allocated = yes;
    return this;
  }

  /** True if the destination already reads as zeroes, so that zeroes need not be written. */
  public boolean destinationIsZero() {
    return destinationIsZero;
  }

  /** Sets {@link #destinationIsZero}. */
  public CopyOptions destinationIsZero(boolean yes) {
    destinationIsZero = yes;
    return this;
  }

  /** True if the copy queries the extents of the source. */
  public boolean extents() {
    return extents;
  }

  /** Sets {@link #extents}. */
  public CopyOptions extents(boolean yes) {
    extents = yes;
    return this;
  }

  /** True if the copy ends with a flush, which makes it durable. */
  public boolean flush() {
    return flush;
  }

  /** Sets {@link #flush}. */
  public CopyOptions flush(boolean yes) {
    flush = yes;
    return this;
  }
}
