package org.nbdcore.server.memory;

/**
 * One connection's share of the {@link SlabPool}. A client that sends many requests, or reads the
 * replies slowly, cannot use up the memory of other clients.
 *
 * <p>Only the thread that reads requests blocks here, and never while a request in progress depends
 * on it. The pool's monitor guards the fields.
 */
public final class ConnectionBudget {

  /** Maximum bytes of a connection: enough for two of the largest requests. */
  public static final long MAX_BYTES = 2L << 26;

  private final SlabPool pool;

  /** The limit of the export that the connection uses, or null. */
  final ExportBudget export;

  /** Bytes of payloads; the limits apply to these. */
  long payloads;

  /** Bytes of base memory: input and reply headers. */
  long base;

  public ConnectionBudget(SlabPool pool) {
    this(pool, null);
  }

  /**
   * Creates the budget of a connection to an export.
   *
   * @param export the common limit of all connections of the export, or null
   */
  public ConnectionBudget(SlabPool pool, ExportBudget export) {
    this.pool = pool;
    this.export = export;
  }

  /**
   * Like {@link SlabPool#acquire}. Also blocks while this connection holds too much memory, in
   * total or compared with the others, or while all connections of its export do.
   */
  public Slab acquire(int size) {
    return pool.acquire(size, this, SlabPool.Use.PAYLOAD);
  }

  /** Like {@link #acquire}, but returns null instead of blocking. */
  public Slab acquireIfRoom(int size) {
    return pool.acquireIfRoom(size, this);
  }

  /**
   * Like {@link #acquire}, for the next part of a payload that is being received. May use more of
   * the budget than a new payload, because the part received so far stays in memory.
   */
  public Slab acquireMore(int size) {
    return pool.acquire(size, this, SlabPool.Use.PAYLOAD_PART);
  }

  /**
   * Acquires base memory, which every connection needs to be served. Blocks only while the whole
   * budget is used up. The memory is not held while the client is idle.
   */
  public Slab acquireBase(int size) {
    return pool.acquire(size, this, SlabPool.Use.BASE);
  }

  /** Like {@link SlabPool#acquireNow}. Does not block. */
  public Slab acquireNow(int size) {
    return pool.acquireNow(size, this, SlabPool.Use.PAYLOAD);
  }

  /** Like {@link #acquireNow}, for base memory. */
  public Slab acquireBaseNow(int size) {
    return pool.acquireNow(size, this, SlabPool.Use.BASE);
  }

  /** Like {@link SlabPool#reserve}. Does not block. */
  public boolean reserve(int size) {
    return pool.reserve(size, this);
  }

  /** Like {@link SlabPool#unreserve}. */
  public void unreserve(int size) {
    pool.unreserve(size, this);
  }

  /** Like {@link SlabPool#acquireReserved}. Does not block. */
  public Slab acquireReserved(int size) {
    return pool.acquireReserved(size, this);
  }

  /** Like {@link SlabPool#release}. */
  public void release(Slab slab) {
    pool.release(slab, this);
  }

  /**
   * True if {@code other} uses the same limited export and may have to wait for the payloads of
   * this connection.
   */
  public boolean competesWith(ConnectionBudget other) {
    return this != other && export != null && export == other.export && pool.hasPayloads(this);
  }

  /** Bytes that the connection currently holds. */
  public long held() {
    return pool.held(this);
  }
}
