package org.nbdcore.vmdk;

import java.io.IOException;

/** A disk was to be opened for writing, and is of a kind that can only be read. */
public final class ReadOnlyDiskException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message the file, and why it can only be read
   */
  public ReadOnlyDiskException(String message) {
    super(message);
  }
}
