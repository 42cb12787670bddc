package org.nbdcore.spi;

import java.util.Objects;

/**
 * What a device can do: one immutable value. The {@code with} methods return a copy with one
 * capability changed.
 *
 * <p>The server derives the transmission flags from it, and never calls an operation that is not
 * offered. If {@link #write} is false, the server ignores the capabilities that concern writing.
 */
public final class Capabilities {

  private static final Capabilities READ_ONLY = new Capabilities();
  private static final Capabilities ALL =
      READ_ONLY
          .withWrite(true)
          .withFlush(true)
          .withTrim(true)
          .withZero(Support.NATIVE)
          .withFastZero(true)
          .withFua(Support.NATIVE)
          .withExtents(true)
          .withCache(Support.NATIVE)
          .withMultiConn(true);

  private boolean write;
  private boolean flush;
  private boolean trim;
  private Support zero = Support.NONE;
  private boolean fastZero;
  private Support fua = Support.NONE;
  private boolean fuaFlushes;
  private boolean extents;
  private Support cache = Support.NONE;
  private boolean cacheDiscards;
  private boolean multiConn;
  private boolean rotational;
  private BlockSizes blockSizes = BlockSizes.DEFAULT;
  private boolean lenient;

  private Capabilities() {}

  private Capabilities(Capabilities other) {
    write = other.write;
    flush = other.flush;
    trim = other.trim;
    zero = other.zero;
    fastZero = other.fastZero;
    fua = other.fua;
    fuaFlushes = other.fuaFlushes;
    extents = other.extents;
    cache = other.cache;
    cacheDiscards = other.cacheDiscards;
    multiConn = other.multiConn;
    rotational = other.rotational;
    blockSizes = other.blockSizes;
    lenient = other.lenient;
  }

  /** The capabilities of a device that only reads. */
  public static Capabilities readOnly() {
    return READ_ONLY;
  }

  /**
   * The capabilities of a device that only reads and writes. The server emulates zero requests by
   * writes.
   */
  public static Capabilities readWrite() {
    return READ_ONLY.withWrite(true).withZero(Support.EMULATE);
  }

  /**
   * The capabilities of a device that supports every operation itself, also fast zero and
   * multi-conn.
   */
  public static Capabilities all() {
    return ALL;
  }

  /** Whether the device can be written to. */
  public boolean write() {
    return write;
  }

  /** Whether {@link BlockDevice#flush} works. */
  public boolean flush() {
    return flush;
  }

  /** Whether {@link BlockDevice#trim} works. */
  public boolean trim() {
    return trim;
  }

  /**
   * How {@link BlockDevice#zero} is carried out. If it is {@link Support#EMULATE}, the server
   * writes zeroes.
   */
  public Support zero() {
    return zero;
  }

  /** Whether {@link BlockDevice#zero} accepts {@link Flags#FAST_ZERO}. */
  public boolean fastZero() {
    return fastZero;
  }

  /**
   * How {@link Flags#FUA} is carried out. If it is {@link Support#EMULATE}, the server flushes
   * after the operation.
   */
  public Support fua() {
    return fua;
  }

  /**
   * Whether a request with {@link Flags#FUA} costs a flush of the whole disk. This is true if the
   * server emulates FUA. A filter that splits such a request then needs to set FUA only on the last
   * part.
   */
  public boolean fuaFlushes() {
    return fuaFlushes;
  }

  /**
   * Whether {@link BlockDevice#extents} works. If false, the server reports the whole disk as data.
   */
  public boolean extents() {
    return extents;
  }

  /**
   * How {@link BlockDevice#cache} is carried out. If it is {@link Support#EMULATE}, the server
   * reads the range and discards the data.
   */
  public Support cache() {
    return cache;
  }

  /**
   * Whether cache requests succeed but keep nothing for later reads. This is true if the server
   * emulates them. A filter that prefetches data must then keep it in its own memory.
   */
  public boolean cacheDiscards() {
    return cacheDiscards;
  }

  /**
   * Whether a flush on one connection covers writes completed on another, so that clients may
   * spread their requests over several ({@code NBD_FLAG_CAN_MULTI_CONN}).
   */
  public boolean multiConn() {
    return multiConn;
  }

  /** Whether seeking is slow, as on a spinning disk. */
  public boolean rotational() {
    return rotational;
  }

  /** The size constraints on offsets and lengths. */
  public BlockSizes blockSizes() {
    return blockSizes;
  }

  /**
   * Whether the server passes on requests that violate {@link #blockSizes}, so that the device
   * decides about them. If false, the server refuses them with {@link NbdError#EINVAL}. {@link
   * #withBlockSizes} resets this to false.
   */
  public boolean lenient() {
    return lenient;
  }

  /** Changes {@link #write}. */
  public Capabilities withWrite(boolean value) {
    Capabilities copy = new Capabilities(this);
    copy.write = value;
    return copy;
  }

  /** Changes {@link #flush}. */
  public Capabilities withFlush(boolean value) {
    Capabilities copy = new Capabilities(this);
    copy.flush = value;
    return copy;
  }

  /** Changes {@link #trim}. */
  public Capabilities withTrim(boolean value) {
    Capabilities copy = new Capabilities(this);
    copy.trim = value;
    return copy;
  }

  /** Changes {@link #zero}. */
  public Capabilities withZero(Support value) {
    Capabilities copy = new Capabilities(this);
    copy.zero = Objects.requireNonNull(value);
    return copy;
  }

  /** Changes {@link #fastZero}. */
  public Capabilities withFastZero(boolean value) {
    Capabilities copy = new Capabilities(this);
    copy.fastZero = value;
    return copy;
  }

  /** Changes {@link #fua}. */
  public Capabilities withFua(Support value) {
    Capabilities copy = new Capabilities(this);
    copy.fua = Objects.requireNonNull(value);
    return copy;
  }

  /** Changes {@link #fuaFlushes}. */
  public Capabilities withFuaFlushes(boolean value) {
    Capabilities copy = new Capabilities(this);
    copy.fuaFlushes = value;
    return copy;
  }

  /** Changes {@link #extents}. */
  public Capabilities withExtents(boolean value) {
    Capabilities copy = new Capabilities(this);
    copy.extents = value;
    return copy;
  }

  /** Changes {@link #cache}. */
  public Capabilities withCache(Support value) {
    Capabilities copy = new Capabilities(this);
    copy.cache = Objects.requireNonNull(value);
    return copy;
  }

  /** Changes {@link #cacheDiscards}. */
  public Capabilities withCacheDiscards(boolean value) {
    Capabilities copy = new Capabilities(this);
    copy.cacheDiscards = value;
    return copy;
  }

  /** Changes {@link #multiConn}. */
  public Capabilities withMultiConn(boolean value) {
    Capabilities copy = new Capabilities(this);
    copy.multiConn = value;
    return copy;
  }

  /** Changes {@link #rotational}. */
  public Capabilities withRotational(boolean value) {
    Capabilities copy = new Capabilities(this);
    copy.rotational = value;
    return copy;
  }

  /**
   * Changes {@link #blockSizes} and resets {@link #lenient} to false, because a layer that sets its
   * own sizes usually relies on them. If yours does not, call {@link #withLenient} afterwards.
   */
  public Capabilities withBlockSizes(BlockSizes value) {
    Capabilities copy = new Capabilities(this);
    copy.blockSizes = Objects.requireNonNull(value);
    copy.lenient = false;
    return copy;
  }

  /** Changes {@link #lenient}. Call it after {@link #withBlockSizes}. */
  public Capabilities withLenient(boolean value) {
    Capabilities copy = new Capabilities(this);
    copy.lenient = value;
    return copy;
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof Capabilities other
        && write == other.write
        && flush == other.flush
        && trim == other.trim
        && zero == other.zero
        && fastZero == other.fastZero
        && fua == other.fua
        && fuaFlushes == other.fuaFlushes
        && extents == other.extents
        && cache == other.cache
        && cacheDiscards == other.cacheDiscards
        && multiConn == other.multiConn
        && rotational == other.rotational
        && blockSizes.equals(other.blockSizes)
        && lenient == other.lenient;
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        write,
        flush,
        trim,
        zero,
        fastZero,
        fua,
        fuaFlushes,
        extents,
        cache,
        cacheDiscards,
        multiConn,
        rotational,
        blockSizes,
        lenient);
  }

  @Override
  public String toString() {
    return "write="
        + write
        + " flush="
        + flush
        + " trim="
        + trim
        + " zero="
        + zero
        + " fastZero="
        + fastZero
        + " fua="
        + fua
        + (fuaFlushes ? " (flushes)" : "")
        + " extents="
        + extents
        + " cache="
        + cache
        + (cacheDiscards ? " (discards)" : "")
        + " multiConn="
        + multiConn
        + " rotational="
        + rotational
        + " "
        + blockSizes
        + (lenient ? " lenient" : "");
  }
}
