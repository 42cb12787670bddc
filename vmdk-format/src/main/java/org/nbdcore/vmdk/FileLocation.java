package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Location of one file of a disk: a path of this machine, an entry of an archive, or an object of a
 * server. A location is not open; {@link #open} opens it. Immutable and thread-safe. {@code
 * toString} returns the name for messages.
 */
public interface FileLocation {

  /**
   * Returns the location of a file of this machine. Descriptors in it may name any other regular
   * file. The file itself may also be a block device.
   */
  static FileLocation of(Path path) {
    return of(path, null);
  }

  /**
   * Returns the location of a file of this machine. Descriptors in it may name any other file, also
   * block devices and files of the kernel, in {@code /proc} and {@code /sys}.
   */
  static FileLocation withDevices(Path path) {
    return new HostLocation(path, null, true, false);
  }

  /**
   * Returns the location of a file of this machine that may name only files below a folder.
   * Symbolic links are resolved before the comparison.
   *
   * @param path the file
   * @param within the folder that must contain the file and every file that it names; null for no
   *     restriction
   */
  static FileLocation of(Path path, Path within) {
    ConfinedFolder folder = within == null ? null : new ConfinedFolder(within);
    return new HostLocation(path, folder, false, false);
  }

  /** Returns the last part of the name, as a descriptor beside this file would write it. */
  String name();

  /**
   * Resolves a name in this file's descriptor.
   *
   * @param name as written, absolute or relative to this file's folder
   * @throws IOException if the name is invalid here, or if this location has no siblings
   */
  FileLocation sibling(String name) throws IOException;

  /**
   * Returns true if the file exists.
   *
   * @throws IOException if this cannot be determined
   */
  boolean exists() throws IOException;

  /**
   * Returns a key that is equal for two locations of the same file, also under different names.
   *
   * @throws IOException if there is no such file
   */
  Object key() throws IOException;

  /**
   * Opens the file, which must exist.
   *
   * @param writable whether {@link OpenFile#write} and the other methods that change the file are
   *     allowed
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
   * Returns the file's real path on this machine; null if the file is elsewhere.
   *
   * @throws java.nio.file.NoSuchFileException if it does not exist
   * @throws IOException if the file may not be used, or if the system call fails
   */
  default Path realPath() throws IOException {
    return null;
  }
}
