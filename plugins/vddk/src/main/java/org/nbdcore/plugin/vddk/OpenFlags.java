package org.nbdcore.plugin.vddk;

import java.util.List;

/** The flags of VixDiskLib_Open, and the names of some of them. */
final class OpenFlags {

  static final int UNBUFFERED = 1;
  static final int SINGLE_LINK = 2;
  static final int READ_ONLY = 4;
  static final int COMPRESSION_ZLIB = 16;
  static final int COMPRESSION_FASTLZ = 32;
  static final int COMPRESSION_SKIPZ = 64;

  static final List<String> COMPRESSIONS = List.of("none", "zlib", "fastlz", "skipz");

  private OpenFlags() {}

  static int compression(String word) {
    return switch (word) {
      case "zlib" -> COMPRESSION_ZLIB;
      case "fastlz" -> COMPRESSION_FASTLZ;
      case "skipz" -> COMPRESSION_SKIPZ;
      default -> 0;
    };
  }
}
