package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A path of this machine.
 *
 * @param path as the user or a descriptor gave it
 * @param within the folder that must hold it; null if any may
 */
record HostLocation(Path path, Path within) implements FileLocation {

  private static final int LONGEST = 200;

  @Override
  public String name() {
    Path last = path.getFileName();
    return last == null ? "" : last.toString();
  }

  @Override
  public FileLocation sibling(String name) throws VmdkException {
    try {
      return new HostLocation(path.resolveSibling(name), within);
    } catch (InvalidPathException e) {
      throw new VmdkException(
          path
              + ": the file name '"
              + VmdkException.shortened(name)
              + "' is none on this system: "
              + e.getReason(),
          e);
    }
  }

  @Override
  public boolean exists() {
    return Files.exists(path);
  }

  @Override
  public Object key() throws IOException {
    return path.toRealPath();
  }

  @Override
  public OpenFile open(boolean writable) throws IOException {
    checkWithin(path);
    return DataFile.open(this, writable);
  }

  @Override
  public OpenFile create() throws IOException {
    checkWithin(path.toAbsolutePath().getParent());
    return DataFile.create(this);
  }

  @Override
  public void delete() throws IOException {
    checkWithin(path.toAbsolutePath().getParent());
    Files.delete(path);
  }

  private void checkWithin(Path existing) throws IOException {
    if (within != null && !existing.toRealPath().startsWith(within.toRealPath())) {
      throw new VmdkException(path + ": lies outside of " + within + ", which within= allows");
    }
  }

  /** A descriptor may name a path of a megabyte; its beginning and end tell enough. */
  @Override
  public String toString() {
    String shown = path.toString();
    int length = shown.length();
    return length <= LONGEST
        ? shown
        : shown.substring(0, LONGEST / 2 - 1) + "…" + shown.substring(length - LONGEST / 2);
  }
}
