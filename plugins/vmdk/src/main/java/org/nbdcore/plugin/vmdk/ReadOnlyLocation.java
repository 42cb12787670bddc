package org.nbdcore.plugin.vmdk;

import java.io.IOException;
import org.nbdcore.vmdk.FileLocation;
import org.nbdcore.vmdk.OpenFile;

/** Base class of locations of read-only files that are not files of this machine. */
abstract class ReadOnlyLocation implements FileLocation {

  abstract OpenFile open() throws IOException;

  @Override
  public final OpenFile open(boolean writable) throws IOException {
    if (writable) {
      throw readOnly();
    }
    return open();
  }

  @Override
  public final OpenFile create() throws IOException {
    throw readOnly();
  }

  @Override
  public final void delete() throws IOException {
    throw readOnly();
  }

  private IOException readOnly() {
    return new IOException(this + ": is read-only here");
  }

  /** The last part of a path, whichever system wrote it. */
  static String lastPart(String name) {
    return name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  }
}
