package org.nbdcore.vmdk;

import java.util.Objects;
import java.util.function.Consumer;

/** How {@link VmdkDisk#open(java.nio.file.Path, VmdkOptions)} opens a disk. Immutable. */
public final class VmdkOptions {
  private static final VmdkOptions DEFAULTS = new VmdkOptions(file -> null, 8 << 20, warning -> {});

  private final FileHoles.Finder holes;
  private final int grainCacheBytes;
  private final Consumer<String> warnings;

  private VmdkOptions(FileHoles.Finder holes, int grainCacheBytes, Consumer<String> warnings) {
    this.holes = holes;
    this.grainCacheBytes = grainCacheBytes;
    this.warnings = warnings;
  }

  /** Flat extents reported as data throughout; 8 MiB for decompressed grains; no warnings. */
  public static VmdkOptions defaults() {
    return DEFAULTS;
  }

  /**
   * @param finder finds the holes of flat extents' files
   */
  public VmdkOptions withHoles(FileHoles.Finder finder) {
    return new VmdkOptions(Objects.requireNonNull(finder, "finder"), grainCacheBytes, warnings);
  }

  /**
   * @param bytes about how much memory decompressed grains may keep, for the whole chain of
   *     parents; at least one grain is kept
   */
  public VmdkOptions withGrainCacheBytes(int bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("grainCacheBytes must not be negative, not " + bytes);
    }
    return new VmdkOptions(holes, bytes, warnings);
  }

  /**
   * @param receiver is given a line, once, about anything that is not as it should be but does not
   *     change what is read
   */
  public VmdkOptions withWarnings(Consumer<String> receiver) {
    return new VmdkOptions(holes, grainCacheBytes, Objects.requireNonNull(receiver, "receiver"));
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
}
