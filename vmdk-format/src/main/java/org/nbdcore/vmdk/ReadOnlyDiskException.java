package org.nbdcore.vmdk;

import java.io.IOException;

/** A disk was opened for writing, but is of a kind that can only be read. */
public final class ReadOnlyDiskException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message the file, and why it can only be read
   */
  public ReadOnlyDiskException(String message) {
    super(message);
  }
}
