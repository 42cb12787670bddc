package org.nbdcore.vmdk;

import java.util.Objects;
import java.util.function.Consumer;

/** How {@link VmdkDisk#open(java.nio.file.Path, VmdkOptions)} opens a disk. Immutable. */
public final class VmdkOptions {
  private static final VmdkOptions DEFAULTS =
      new VmdkOptions(file -> null, 8 << 20, warning -> {}, false, false, 8 << 20);

  private final FileHoles.Finder holes;
  private final int grainCacheBytes;
  private final Consumer<String> warnings;
  private final boolean writable;
  private final boolean singleLink;
  private final int tableCacheBytes;

  private VmdkOptions(
      FileHoles.Finder holes,
      int grainCacheBytes,
      Consumer<String> warnings,
      boolean writable,
      boolean singleLink,
      int tableCacheBytes) {
    this.holes = holes;
    this.grainCacheBytes = grainCacheBytes;
    this.warnings = warnings;
    this.writable = writable;
    this.singleLink = singleLink;
    this.tableCacheBytes = tableCacheBytes;
  }

  /**
   * For reading, with all parents; flat extents reported as data throughout; 8 MiB for decompressed
   * grains; no warnings.
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
        tableCacheBytes);
  }

  /**
   * @param bytes about how much memory decompressed grains may keep, for the whole chain of
   *     parents; at least one grain is kept
   */
  public VmdkOptions withGrainCacheBytes(int bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("grainCacheBytes must not be negative, not " + bytes);
    }
    return new VmdkOptions(holes, bytes, warnings, writable, singleLink, tableCacheBytes);
  }

  /**
   * @param receiver is given a line, once, about anything that is not as it should be but does not
   *     change what is read
   */
  public VmdkOptions withWarnings(Consumer<String> receiver) {
    return new VmdkOptions(
        holes,
        grainCacheBytes,
        Objects.requireNonNull(receiver, "receiver"),
        writable,
        singleLink,
        tableCacheBytes);
  }

  /**
   * @param value whether the disk is opened for writing too; its parents never are
   */
  public VmdkOptions withWritable(boolean value) {
    return new VmdkOptions(holes, grainCacheBytes, warnings, value, singleLink, tableCacheBytes);
  }

  /**
   * @param value whether the disk is opened without its parents, so that what it does not hold
   *     itself reads as zeroes; such a disk cannot be written
   */
  public VmdkOptions withSingleLink(boolean value) {
    return new VmdkOptions(holes, grainCacheBytes, warnings, writable, value, tableCacheBytes);
  }

  /**
   * @param bytes about how much memory the grain tables of an extent that is written may take; 64
   *     tables are kept at least
   */
  VmdkOptions withTableCacheBytes(int bytes) {
    return new VmdkOptions(holes, grainCacheBytes, warnings, writable, singleLink, bytes);
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

  int tableCacheBytes() {
    return tableCacheBytes;
  }
}
