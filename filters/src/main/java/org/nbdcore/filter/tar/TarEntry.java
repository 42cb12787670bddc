package org.nbdcore.filter.tar;

/**
 * A member of a tar file.
 *
 * @param name with its folders
 * @param type letter in its header
 * @param sparse true if holes are omitted in the tar file
 * @param start of its contents, in bytes
 * @param size of its contents, in bytes
 */
record TarEntry(String name, char type, boolean sparse, long start, long size) {

  /** True if it is a regular file, stored without a special format. */
  boolean isFile() {
    return !sparse && (type == '0' || type == '\0' || type == '7');
  }

  /** The kind of an entry that is not a plain file. */
  String kind() {
    if (sparse) {
      return "stored without its holes (tar --sparse)";
    }
    return switch (type) {
      case '1', '2' -> "a link";
      case '3', '4' -> "a device";
      case '5' -> "a folder";
      case '6' -> "a pipe";
      default -> "of type '" + type + "'";
    };
  }
}
