package org.nbdcore.vmdk;

import java.util.Objects;
import java.util.function.Consumer;

/** Options for {@link VmdkDisk#open(java.nio.file.Path, VmdkOptions)}. Immutable. */
public final class VmdkOptions {
  private static final VmdkOptions DEFAULTS =
      new VmdkOptions(
          (file, writable) -> null,
          8 << 20,
          warning -> {},
          false,
          false,
          8 << 20,
          new VmdkCounters()); // not visible to the caller

  private final FileHoles.Finder holes;
  private final int grainCacheBytes;
  private final Consumer<String> warnings;
  private final boolean writable;
  private final boolean singleLink;
  private final int tableCacheBytes;
  private final VmdkCounters counters;

  private VmdkOptions(
      FileHoles.Finder holes,
      int grainCacheBytes,
      Consumer<String> warnings,
      boolean writable,
      boolean singleLink,
      int tableCacheBytes,
      VmdkCounters counters) {
    this.holes = holes;
    this.grainCacheBytes = grainCacheBytes;
    this.warnings = warnings;
    this.writable = writable;
    this.singleLink = singleLink;
    this.tableCacheBytes = tableCacheBytes;
    this.counters = counters;
  }

  /**
   * Returns the defaults: read-only, with all parents, all of a flat extent reported as data, 8 MiB
   * for decompressed grains, no warnings.
   */
  public static VmdkOptions defaults() {
    return DEFAULTS;
  }

  /**
   * @param finder finds the holes of flat extents' files
   */
  public VmdkOptions withHoles(FileHoles.Finder finder) {
    return new VmdkOptions(
        Objects.requireNonNull(finder, "finder"),
        grainCacheBytes,
        warnings,
        writable,
        singleLink,
        tableCacheBytes,
        counters);
  }

  /**
   * @param bytes approximate memory for decompressed grains of the disk and all its parents; at
   *     least one grain is kept
   */
  public VmdkOptions withGrainCacheBytes(int bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("grainCacheBytes must not be negative, not " + bytes);
    }
    return new VmdkOptions(holes, bytes, warnings, writable, singleLink, tableCacheBytes, counters);
  }

  /**
   * @param receiver receives one line, once, about each anomaly that does not affect the data
   */
  public VmdkOptions withWarnings(Consumer<String> receiver) {
    return new VmdkOptions(
        holes,
        grainCacheBytes,
        Objects.requireNonNull(receiver, "receiver"),
        writable,
        singleLink,
        tableCacheBytes,
        counters);
  }

  /**
   * @param value true to open the disk for writing too; its parents are always opened read-only
   */
  public VmdkOptions withWritable(boolean value) {
    return new VmdkOptions(
        holes, grainCacheBytes, warnings, value, singleLink, tableCacheBytes, counters);
  }

  /**
   * @param value true to open the disk without its parents. Ranges that the disk does not store
   *     then read as zeroes, and the disk cannot be written
   */
  public VmdkOptions withSingleLink(boolean value) {
    return new VmdkOptions(
        holes, grainCacheBytes, warnings, writable, value, tableCacheBytes, counters);
  }

  /**
   * @param receiver counts the reads of the disk and its parents; several disks may share it
   */
  public VmdkOptions withCounters(VmdkCounters receiver) {
    return new VmdkOptions(
        holes,
        grainCacheBytes,
        warnings,
        writable,
        singleLink,
        tableCacheBytes,
        Objects.requireNonNull(receiver, "receiver"));
  }

  /**
   * @param bytes approximate memory for the grain tables of a writable extent; at least 64 tables
   *     are kept
   */
  VmdkOptions withTableCacheBytes(int bytes) {
    return new VmdkOptions(holes, grainCacheBytes, warnings, writable, singleLink, bytes, counters);
  }

  FileHoles.Finder holes() {
    return holes;
  }

  int grainCacheBytes() {
    return grainCacheBytes;
  }

  Consumer<String> warnings() {
    return warnings;
  }

  boolean writable() {
    return writable;
  }

  boolean singleLink() {
    return singleLink;
  }

  VmdkCounters counters() {
    return counters;
  }

  int tableCacheBytes() {
    return tableCacheBytes;
  }
}
