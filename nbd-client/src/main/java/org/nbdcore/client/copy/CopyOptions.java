package org.nbdcore.client.copy;

/** How to copy. Set it up, then leave it alone; sizes are in bytes. */
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

  /** 256 KiB requests, 64 of them in flight, 4 connections, holes from 4 KiB on. */
  public CopyOptions() {}

  /** The longest read or write; it is rounded to what both sides can do. */
  public int requestSize() {
    return requestSize;
  }

  /** Sets {@link #requestSize}, 1 to 32 MiB. */
  public CopyOptions requestSize(int bytes) {
    requestSize = bytes;
    return this;
  }

  /** Connections to a server that allows several. */
  public int connections() {
    return connections;
  }

  /** Sets {@link #connections}, at least 1. */
  public CopyOptions connections(int count) {
    connections = count;
    return this;
  }

  /** Requests in flight for each connection, or 0 for as many as {@link #queueSize} allows. */
  public int requests() {
    return requests;
  }

  /** Sets {@link #requests}. */
  public CopyOptions requests(int count) {
    requests = count;
    return this;
  }

  /** Maximum size of all buffers together; at least one request always fits. */
  public long queueSize() {
    return queueSize;
  }

  /** Sets {@link #queueSize}. */
  public CopyOptions queueSize(long bytes) {
    queueSize = bytes;
    return this;
  }

  /** Zero blocks of this size become holes; 0 leaves the data as it is. */
  public int sparse() {
    return sparse;
  }

  /** Sets {@link #sparse}, 0 or a power of two. */
  public CopyOptions sparse(int bytes) {
    sparse = bytes;
    return this;
  }

  /** Whether the destination shall have no holes. */
  public boolean allocated() {
    return allocated;
  }

  /** Sets {@link #allocated}. */
  public CopyOptions allocated(boolean yes) {
    allocated = yes;
    return this;
  }

  /** Whether the destination reads as zeroes already. */
  public boolean destinationIsZero() {
    return destinationIsZero;
  }

  /** Sets {@link #destinationIsZero}. */
  public CopyOptions destinationIsZero(boolean yes) {
    destinationIsZero = yes;
    return this;
  }

  /** Whether the source's extents are asked for. */
  public boolean extents() {
    return extents;
  }

  /** Sets {@link #extents}. */
  public CopyOptions extents(boolean yes) {
    extents = yes;
    return this;
  }

  /** Whether the copy is durable when the command ends. */
  public boolean flush() {
    return flush;
  }

  /** Sets {@link #flush}. */
  public CopyOptions flush(boolean yes) {
    flush = yes;
    return this;
  }
}
