package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

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

  /** A file that a descriptor or a parent's child names and the platform does not open. */
  static VmdkException cannotOpen(
      FileLocation descriptor, String what, FileLocation file, FileSystemException e) {
    String why;
    if (e instanceof NoSuchFileException) {
      why = "does not exist";
    } else if (e instanceof AccessDeniedException) {
      why = "cannot be opened: permission denied";
    } else {
      why = "cannot be opened: " + e.getReason();
    }
    return new VmdkException(descriptor + ": its " + what + " " + file + " " + why, e);
  }

  /**
   * The same, with who led to the file that it speaks of.
   *
   * @param role "an extent of" or "the parent of"
   */
  VmdkException ledTo(String role, FileLocation descriptor) {
    return getMessage().startsWith(descriptor + ": ")
        ? this
        : new VmdkException(getMessage() + " (" + role + " " + descriptor + ")", this);
  }

  /** What a file says may be a megabyte long. */
  static String shortened(String value) {
    return value.length() <= LONGEST ? value : value.substring(0, LONGEST) + "…";
  }
}
