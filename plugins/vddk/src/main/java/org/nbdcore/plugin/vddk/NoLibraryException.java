package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.List;

/** VDDK could not be loaded; the message lists every file that was tried and why it failed. */
final class NoLibraryException extends IOException {

  private static final long serialVersionUID = 1L;

  private final boolean nothingFound;
  private final boolean pathMayHelp;

  /**
   * @param nothingFound true if no file was found
   * @param pathMayHelp true if a file lacks only libraries that it may find with LD_LIBRARY_PATH
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

  /** True if VDDK is not installed, false if it is installed but broken. */
  boolean nothingFound() {
    return nothingFound;
  }

  /** True if a process with another LD_LIBRARY_PATH might load it. */
  boolean pathMayHelp() {
    return pathMayHelp;
  }
}
