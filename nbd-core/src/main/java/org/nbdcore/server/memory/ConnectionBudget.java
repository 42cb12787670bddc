package org.nbdcore.server.memory;

/**
 * One connection's share of the {@link SlabPool}: however many requests a client sends, and however
 * slowly it reads the replies, it leaves memory for the others.
 *
 * <p>Only the thread that reads requests waits here, and never while it keeps a request from being
 * finished. The pool's monitor guards the fields.
 */
public final class ConnectionBudget {

  /** Room for the largest request, and another one behind it. */
  public static final long MOST = 2L << 26;

  private final SlabPool pool;

  /** The limit of the export that the connection uses, or null. */
  final ExportBudget export;

  /** Bytes for payloads, for which there are limits. */
  long inUse;

  /** Bytes of what any connection needs. */
  long share;

  public ConnectionBudget(SlabPool pool) {
    this(pool, null);
  }

  /**
   * The budget of a connection to an export.
   *
   * @param export the limit for all connections of the export, or null
   */
  public ConnectionBudget(SlabPool pool, ExportBudget export) {
    this.pool = pool;
    this.export = export;
  }

  /**
   * As {@link SlabPool#acquire}; also blocks while this connection has too much memory, in total or
   * compared with the others, or all connections of its export have.
   */
  public Slab acquire(int size) {
    return pool.acquire(size, this, SlabPool.Use.PAYLOAD);
  }

  /** As {@link #acquire}, or null if it would wait. */
  public Slab acquireIfRoom(int size) {
    return pool.acquireIfRoom(size, this);
  }

  /**
   * The same for the next part of an arriving payload. The part received so far stays in memory, so
   * this may use more of the budget than a new payload.
   */
  public Slab acquireMore(int size) {
    return pool.acquire(size, this, SlabPool.Use.MORE);
  }

  /**
   * The same for what any connection needs before it can be served at all. It is never held while
   * no data arrives, and waits only for the whole budget.
   */
  public Slab acquireShare(int size) {
    return pool.acquire(size, this, SlabPool.Use.SHARE);
  }

  /** As {@link SlabPool#acquireNow}; waits for nothing. */
  public Slab acquireNow(int size) {
    return pool.acquireNow(size, this, SlabPool.Use.PAYLOAD);
  }

  /** The same for what any connection needs; it does not count as data of requests. */
  public Slab acquireShareNow(int size) {
    return pool.acquireNow(size, this, SlabPool.Use.SHARE);
  }

  /** As {@link SlabPool#reserve}; waits for nothing. */
  public boolean reserve(int size) {
    return pool.reserve(size, this);
  }

  /** As {@link SlabPool#unreserve}. */
  public void unreserve(int size) {
    pool.unreserve(size, this);
  }

  /** As {@link SlabPool#acquireReserved}; waits for nothing. */
  public Slab acquireReserved(int size) {
    return pool.acquireReserved(size, this);
  }

  /** As {@link SlabPool#release}. */
  public void release(Slab slab) {
    pool.release(slab, this);
  }

  /** Whether another connection of the same export may have to wait for payloads of this one. */
  public boolean competesWith(ConnectionBudget other) {
    return this != other && export != null && export == other.export && pool.hasPayloads(this);
  }

  /** Bytes that the connection has at the moment. */
  public long held() {
    return pool.held(this);
  }
}
