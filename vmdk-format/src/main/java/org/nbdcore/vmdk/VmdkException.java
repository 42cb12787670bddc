package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** A VMDK file is damaged, is not a VMDK file, or is of a kind that this library does not read. */
public final class VmdkException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 100;

  /**
   * @param message the file, the field, its value and the expected value
   */
  public VmdkException(String message) {
    super(message);
  }

  /**
   * @param message the file, the field, its value and the expected value
   * @param cause the exception of the platform
   */
  public VmdkException(String message, Throwable cause) {
    super(message, cause);
  }

  /** {@code FILE: FIELD is VALUE; expected EXPECTED}. */
  static VmdkException bad(Object file, String field, Object value, String expected) {
    return new VmdkException(
        file + ": " + field + " is " + shortened(value.toString()) + "; expected " + expected);
  }

  /** Creates the exception for a file that a descriptor names and that cannot be opened. */
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
   * Creates an exception that also names the file that refers to this one.
   *
   * @param role "an extent of" or "the parent of"
   */
  VmdkException ledTo(String role, FileLocation descriptor) {
    return getMessage().startsWith(descriptor + ": ")
        ? this
        : new VmdkException(getMessage() + " (" + role + " " + descriptor + ")", this);
  }

  /** Shortens text from a file, which may be a megabyte long. */
  static String shortened(String value) {
    return value.length() <= LONGEST ? value : value.substring(0, LONGEST) + "…";
  }
}
