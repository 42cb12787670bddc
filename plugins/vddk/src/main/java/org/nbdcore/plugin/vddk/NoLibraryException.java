package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.List;

/** VDDK could not be loaded; the message lists every file that was tried and why it failed. */
final class NoLibraryException extends IOException {

  private static final long serialVersionUID = 1L;

  private final boolean nothingFound;

  /**
   * @param nothingFound whether there was no file at all to try
   */
  NoLibraryException(String place, List<String> attempts, boolean nothingFound) {
    super(
        "no usable VDDK library "
            + place
            + "; tried "
            + String.join("; ", attempts)
            + " (see LIBRARY LOCATION in docs/vddk.md)");
    this.nothingFound = nothingFound;
  }

  /** Whether VDDK is simply not installed, rather than installed and broken. */
  boolean nothingFound() {
    return nothingFound;
  }
}
