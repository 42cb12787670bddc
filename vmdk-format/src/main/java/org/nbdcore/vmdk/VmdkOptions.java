package org.nbdcore.vmdk;

import java.util.Objects;

/** How {@link VmdkDisk#open(java.nio.file.Path, VmdkOptions)} opens a disk. Immutable. */
public final class VmdkOptions {
  private static final VmdkOptions DEFAULTS = new VmdkOptions(file -> null, 8 << 20);

  private final FileHoles.Finder holes;
  private final int grainCacheBytes;

  private VmdkOptions(FileHoles.Finder holes, int grainCacheBytes) {
    this.holes = holes;
    this.grainCacheBytes = grainCacheBytes;
  }

  /** Flat extents reported as data throughout; 8 MiB for decompressed grains. */
  public static VmdkOptions defaults() {
    return DEFAULTS;
  }

  /**
   * @param finder finds the holes of flat extents' files
   */
  public VmdkOptions withHoles(FileHoles.Finder finder) {
    return new VmdkOptions(Objects.requireNonNull(finder, "finder"), grainCacheBytes);
  }

  /**
   * @param bytes about how much memory decompressed grains may keep, for the whole chain of
   *     parents; at least one grain is kept
   */
  public VmdkOptions withGrainCacheBytes(int bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("grainCacheBytes must not be negative, not " + bytes);
    }
    return new VmdkOptions(holes, bytes);
  }

  FileHoles.Finder holes() {
    return holes;
  }

  int grainCacheBytes() {
    return grainCacheBytes;
  }
}
