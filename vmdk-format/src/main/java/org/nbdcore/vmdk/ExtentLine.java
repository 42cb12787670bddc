package org.nbdcore.vmdk;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One extent line of a descriptor: {@code ACCESS SECTORS TYPE "FILE" OFFSET}, the last two only if
 * the type has them.
 *
 * @param access RW, RDONLY or NOACCESS
 * @param sectors size of the extent
 * @param type in capitals
 * @param fileName as written; null if there is none
 * @param offset where a flat extent starts in its file, in sectors
 */
record ExtentLine(String access, long sectors, String type, String fileName, long offset) {
  private static final Pattern START = Pattern.compile("(?is)(RW|RDONLY|NOACCESS)\\s.*");
  // Text after the offset (for example partitionUUID of raw disks) does not affect reads.
  private static final Pattern LINE =
      Pattern.compile(
          "(?s)(\\w+)\\s+(\\d{1,18})\\s+(\\w+)(?:\\s+\"([^\"]*)\"(?:\\s+(\\d{1,18})(?:\\s.*)?)?)?\\s*");
  private static final long MAX_SECTORS = Long.MAX_VALUE / SparseHeader.SECTOR;

  static boolean begins(String line) {
    return START.matcher(line).matches();
  }

  static ExtentLine parse(FileLocation file, int lineNumber, String line) throws VmdkException {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      throw VmdkException.bad(
          file,
          "extent line " + lineNumber,
          "'" + VmdkException.shortened(line) + "'",
          "ACCESS SECTORS TYPE \"FILE\" OFFSET");
    }
    long sectors = Long.parseLong(matcher.group(2));
    if (sectors > MAX_SECTORS) {
      throw VmdkException.bad(
          file,
          "the size in extent line " + lineNumber,
          sectors + " sectors",
          "at most " + MAX_SECTORS);
    }
    long offset = matcher.group(5) == null ? 0 : Long.parseLong(matcher.group(5));
    if (offset > MAX_SECTORS) {
      throw VmdkException.bad(
          file,
          "the offset in extent line " + lineNumber,
          offset + " sectors",
          "at most " + MAX_SECTORS);
    }
    String name = matcher.group(4) == null || matcher.group(4).isEmpty() ? null : matcher.group(4);
    String access = matcher.group(1).toUpperCase(Locale.ROOT);
    return new ExtentLine(access, sectors, matcher.group(3).toUpperCase(Locale.ROOT), name, offset);
  }

  long length() {
    return sectors * SparseHeader.SECTOR;
  }
}
