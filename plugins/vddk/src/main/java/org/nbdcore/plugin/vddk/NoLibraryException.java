package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.List;

/** VDDK could not be loaded; the message lists every file that was tried and why it failed. */
final class NoLibraryException extends IOException {

  private static final long serialVersionUID = 1L;

  private final boolean nothingFound;
  private final boolean pathMayHelp;

  /**
   * @param nothingFound whether there was no file at all to try
   * @param pathMayHelp whether one lacks only what LD_LIBRARY_PATH might let it find
   */
  NoLibraryException(
      String place, List<String> attempts, boolean nothingFound, boolean pathMayHelp) {
    super(
        "no usable VDDK library "
            + place
            + "; tried "
            + String.join("; ", attempts)
            + " (see LIBRARY LOCATION in docs/vddk.md)");
    this.nothingFound = nothingFound;
    this.pathMayHelp = pathMayHelp;
  }

  /** Whether VDDK is simply not installed, rather than installed and broken. */
  boolean nothingFound() {
    return nothingFound;
  }

  /** Whether a process with another LD_LIBRARY_PATH might load it. */
  boolean pathMayHelp() {
    return pathMayHelp;
  }
}
