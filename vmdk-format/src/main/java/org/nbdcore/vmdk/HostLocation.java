package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;

/**
 * A path of this machine.
 *
 * @param path as given by the user or a descriptor
 * @param within the folder that must contain it; null for no restriction
 * @param devices true if a descriptor may also name block devices and files of the kernel
 * @param named true if a descriptor names this file, and not the user
 */
record HostLocation(Path path, ConfinedFolder within, boolean devices, boolean named)
    implements FileLocation {

  private static final int LONGEST = 200;

  /** Folders in which the kernel shows its state as files. A read there may have side effects. */
  private static final List<Path> KERNEL = List.of(Path.of("/proc"), Path.of("/sys"));

  @Override
  public String name() {
    Path last = path.getFileName();
    return last == null ? "" : last.toString();
  }

  @Override
  public FileLocation sibling(String name) throws VmdkException {
    try {
      return new HostLocation(path.resolveSibling(name), within, devices, true);
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

  /** Reports a file outside the folder as existing. Opening it then fails with the reason. */
  @Override
  public boolean exists() throws IOException {
    if (within == null) {
      return Files.exists(path);
    }
    try {
      within.real(path);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (VmdkException e) {
      return true;
    }
  }

  @Override
  public Path realPath() throws IOException {
    return within == null ? path.toRealPath() : within.real(path);
  }

  @Override
  public Object key() throws IOException {
    Object inode = attributes().fileKey(); // hard links have different real paths
    return inode == null ? realPath() : inode;
  }

  @Override
  public OpenFile open(boolean writable) throws IOException {
    return DataFile.open(this, writable);
  }

  @Override
  public OpenFile create() throws IOException {
    return DataFile.create(this);
  }

  @Override
  public void delete() throws IOException {
    Files.delete(within == null ? path : within.realToCreate(path));
  }

  FileChannel channel(Set<StandardOpenOption> options) throws IOException {
    if (within == null) {
      return FileChannel.open(path, options);
    }
    boolean create = options.contains(StandardOpenOption.CREATE_NEW);
    return within.open(create ? within.realToCreate(path) : within.real(path), options);
  }

  BasicFileAttributes attributes() throws IOException {
    return within == null
        ? Files.readAttributes(path, BasicFileAttributes.class)
        : within.attributes(within.real(path));
  }

  /**
   * Refuses a device that the user has not named: the author of a descriptor must not choose which
   * devices of this machine are read.
   *
   * @param blockDevice whether the file is one
   * @throws VmdkException if a descriptor names a device or a file of the kernel
   */
  void checkAllowed(boolean blockDevice) throws IOException {
    if (!named || devices) {
      return;
    }
    String found = "is a block device";
    if (!blockDevice) {
      Path folder = kernelFolder();
      if (folder == null) {
        return;
      }
      found = "lies in " + folder + ", so it is not a disk";
    }
    throw new VmdkException(
        this + ": " + found + "; a descriptor may name it only with devices=true (plugin vmdk)");
  }

  private Path kernelFolder() throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    Path real = realPath();
    for (Path each : KERNEL) {
      if (absolute.startsWith(each) || real.startsWith(each)) {
        return each;
      }
    }
    return null;
  }

  /** Shortens a path for messages: a descriptor may contain a path of a megabyte. */
  @Override
  public String toString() {
    String shown = path.toString();
    int length = shown.length();
    return length <= LONGEST
        ? shown
        : shown.substring(0, LONGEST / 2 - 1) + "…" + shown.substring(length - LONGEST / 2);
  }
}
