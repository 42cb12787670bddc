package org.nbdcore.vmdk;

import java.io.IOException;

/**
 * A VMDK file that is damaged, not a VMDK file at all, or of a kind that this library does not
 * read.
 */
public final class VmdkException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 100;

  /**
   * @param message the file, the field, its value and what was expected of it
   */
  public VmdkException(String message) {
    super(message);
  }

  /**
   * @param message the file, the field, its value and what was expected of it
   * @param cause what the platform said
   */
  public VmdkException(String message, Throwable cause) {
    super(message, cause);
  }

  /** {@code FILE: FIELD is VALUE; expected EXPECTED}. */
  static VmdkException bad(Object file, String field, Object value, String expected) {
    return new VmdkException(
        file + ": " + field + " is " + shortened(value.toString()) + "; expected " + expected);
  }

  /** What a file says may be a megabyte long. */
  static String shortened(String value) {
    return value.length() <= LONGEST ? value : value.substring(0, LONGEST) + "…";
  }
}
