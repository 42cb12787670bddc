package org.nbdcore.filter.ext2;

import java.util.ArrayList;
import java.util.List;

/** The features of file systems, with the names of the ext4 tools. */
final class Features {

  // Features that a reader must understand.
  static final int RECOVER = 0x4;
  static final int META_BG = 0x10;
  static final int BITS_64 = 0x80;
  static final int MMP = 0x100;
  static final int FILETYPE = 0x2;
  static final int CSUM_SEED = 0x2000;
  private static final int READABLE =
      FILETYPE | META_BG | 0x40 | BITS_64 | MMP | 0x200 | 0x400 | CSUM_SEED | 0x4000 | 0x8000
          | 0x10000 | 0x20000;
  private static final List<String> INCOMPATIBLE =
      List.of(
          "compression",
          "filetype",
          "needs_recovery",
          "journal_dev",
          "meta_bg",
          "0x20",
          "extent",
          "64bit",
          "mmp",
          "flex_bg",
          "ea_inode",
          "0x800",
          "dirdata",
          "metadata_csum_seed",
          "large_dir",
          "inline_data",
          "encrypt",
          "casefold");

  // Features that a writer must understand.
  static final int SPARSE_SUPER = 0x1;
  static final int GDT_CSUM = 0x10;
  static final int BIGALLOC = 0x200;
  static final int METADATA_CSUM = 0x400;
  private static final int QUOTA = 0x100;
  private static final int PROJECT = 0x2000;
  private static final int ORPHANS = 0x10000;
  private static final int WRITABLE =
      SPARSE_SUPER
          | 0x2
          | 0x4
          | 0x8
          | GDT_CSUM
          | 0x20
          | 0x40
          | QUOTA
          | BIGALLOC
          | METADATA_CSUM
          | PROJECT
          | 0x8000
          | ORPHANS;
  private static final List<String> READ_ONLY =
      List.of(
          "sparse_super",
          "large_file",
          "btree_dir",
          "huge_file",
          "uninit_bg",
          "dir_nlink",
          "extra_isize",
          "snapshot",
          "quota",
          "bigalloc",
          "metadata_csum",
          "replica",
          "read-only",
          "project",
          "shared_blocks",
          "verity",
          "orphan_present");

  // Features that affect the layout.
  static final int SPARSE_SUPER2 = 0x200;

  private Features() {}

  /** The names of the incompatible features that this filter cannot read; may be empty. */
  static String unreadable(int incompatible) {
    return names(incompatible & ~READABLE, INCOMPATIBLE);
  }

  /** The names of the features that prevent writing; may be empty. */
  static String unwritable(int readOnly) {
    return names(readOnly & ~WRITABLE, READ_ONLY);
  }

  /**
   * The names of the features that prevent the allocation of blocks, because this filter does not
   * update their counters.
   */
  static String unallocatable(int readOnly) {
    return names(readOnly & (QUOTA | PROJECT | BIGALLOC | ORPHANS), READ_ONLY);
  }

  private static String names(int bits, List<String> names) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < Integer.SIZE; i++) {
      int bit = 1 << i;
      if ((bits & bit) != 0) {
        found.add(i < names.size() ? names.get(i) : "0x" + Integer.toHexString(bit));
      }
    }
    return String.join(", ", found);
  }
}
