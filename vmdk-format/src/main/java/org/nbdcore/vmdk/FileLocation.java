package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Where one file of a disk is: a path of this machine, an entry of an archive, an object of a
 * server. Not open; {@link #open} opens it. Immutable, safe for many threads. {@code toString} is
 * the name for messages.
 */
public interface FileLocation {

  /** A file of this machine. Descriptors in it may name any other file. */
  static FileLocation of(Path path) {
    return new HostLocation(path, null);
  }

  /**
   * A file of this machine that may only name files below a folder. Links are followed before the
   * comparison.
   *
   * @param path the file
   * @param within the folder that must hold the file and every file that it names; null if any may
   */
  static FileLocation of(Path path, Path within) {
    return new HostLocation(path, within == null ? null : new ConfinedFolder(within));
  }

  /** The last part of the name, as a descriptor beside this file would write it. */
  String name();

  /**
   * The file that a descriptor here means by a name.
   *
   * @param name as written, absolute or relative to this file's folder
   * @throws IOException if the name cannot be one here, or if this location has no siblings
   */
  FileLocation sibling(String name) throws IOException;

  /**
   * Whether there is such a file.
   *
   * @throws IOException if that cannot be found out
   */
  boolean exists() throws IOException;

  /**
   * Equal for two locations of the same file, whatever names lead there.
   *
   * @throws IOException if there is no such file
   */
  Object key() throws IOException;

  /**
   * Opens the file, which must exist.
   *
   * @param writable whether {@link OpenFile#write} and its kin are allowed
   * @throws java.nio.file.NoSuchFileException if it does not exist
   * @throws IOException if it cannot be opened, or not for writing
   */
  OpenFile open(boolean writable) throws IOException;

  /**
   * Creates the file and opens it for reading and writing.
   *
   * @throws java.nio.file.FileAlreadyExistsException if it exists
   * @throws IOException if it cannot be created, or if this location is read-only
   */
  OpenFile create() throws IOException;

  /**
   * Deletes the file.
   *
   * @throws IOException if it cannot be deleted, or if this location is read-only
   */
  void delete() throws IOException;

  /**
   * The file's path on this machine, without links; null if it is elsewhere.
   *
   * @throws java.nio.file.NoSuchFileException if it does not exist
   * @throws IOException if it may not be used, or as the system call fails
   */
  default Path realPath() throws IOException {
    return null;
  }
}
