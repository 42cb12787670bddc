package org.nbdcore.vmdk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * The lock of a disk that is open for writing, in the form of VMware's products: a folder {@code
 * DISK.vmdk.lck} with a file for its owner. Our lock is stale if its owner ran on this machine and
 * has ended. Another program's lock is never considered stale, because the content of its file is
 * not documented.
 */
final class DiskLock implements Closeable {
  /** A lock without an effect. */
  static final DiskLock NONE = new DiskLock(null, null);

  private static final String SUFFIX = ".lck";
  private static final int LONGEST = 4096;

  private final Path folder;
  private final Path file;

  private DiskLock(Path folder, Path file) {
    this.folder = folder;
    this.file = file;
  }

  /**
   * Locks a disk. A disk that is not on this machine needs no lock, because nothing else writes it.
   *
   * @param disk the descriptor, or the file that holds it
   * @param warnings receives a line about a stale lock, which this method removes
   * @throws VmdkException if another program has the lock
   * @throws IOException if the folder cannot be created
   */
  static DiskLock acquire(FileLocation disk, Consumer<String> warnings) throws IOException {
    Path real = disk.realPath();
    if (real == null) {
      return NONE;
    }
    Path folder = folder(real);
    removeStale(disk, folder, warnings);
    DiskLock lock = create(disk, folder);
    try {
      Path other = otherThan(lock.file, folder);
      if (other != null) { // created by another process at the same time
        throw refusal(disk, other);
      }
      return lock;
    } catch (IOException | RuntimeException | Error e) {
      try (lock) {
        throw e;
      }
    }
  }

  /**
   * Warns if another program is writing the disk, because reads may then return inconsistent data.
   */
  static void warnIfLocked(FileLocation disk, Consumer<String> warnings) {
    try {
      Path real = disk.realPath();
      if (real == null) {
        return;
      }
      for (Path each : locks(folder(real))) {
        if (!LockOwner.read(each, LONGEST).isGone()) {
          warnings.accept(
              disk
                  + ": is open for writing elsewhere ("
                  + each
                  + "), so reads may return inconsistent data");
        }
      }
    } catch (NoSuchFileException | VmdkException e) {
      return; // opening the disk reports the error
    } catch (IOException e) {
      warnings.accept(disk + ": cannot determine whether it is locked: " + e);
    }
  }

  /** Resolves two names of one file to the same disk. */
  private static Path folder(Path real) {
    return real.resolveSibling(real.getFileName() + SUFFIX);
  }

  private static List<Path> locks(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      files.forEach(found::add);
    } catch (NoSuchFileException e) {
      return found; // without the folder there is no lock
    }
    return found;
  }

  private static void removeStale(FileLocation disk, Path folder, Consumer<String> warnings)
      throws IOException {
    for (Path each : locks(folder)) {
      if (!LockOwner.read(each, LONGEST).isGone()) {
        throw refusal(disk, each);
      }
      Files.deleteIfExists(each);
      warnings.accept(disk + ": the lock " + each + " was stale and is removed");
    }
  }

  private static VmdkException refusal(FileLocation disk, Path lock) {
    return new VmdkException(
        disk
            + ": is locked by another program, as "
            + lock
            + " shows; end that program or, if nothing uses the disk, delete "
            + lock.getParent());
  }

  private static DiskLock create(FileLocation disk, Path folder) throws IOException {
    byte[] owner = LockOwner.ofThisProcess().getBytes(StandardCharsets.UTF_8);
    while (true) {
      try {
        Files.createDirectories(folder);
        int number = ThreadLocalRandom.current().nextInt(10_000, 100_000);
        Path file = folder.resolve("M" + number + SUFFIX);
        Files.write(file, owner, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new DiskLock(folder, file);
      } catch (FileAlreadyExistsException | NoSuchFileException e) {
        if (!Files.isDirectory(folder) && Files.exists(folder)) {
          throw new IOException(disk + ": cannot be locked: " + folder + " is not a folder", e);
        }
        // The name exists, or another program has just removed the empty folder.
      } catch (IOException e) {
        throw new IOException(
            disk + ": cannot be locked for writing: " + e + "; use a folder that can be written",
            e);
      }
    }
  }

  private static Path otherThan(Path own, Path folder) throws IOException {
    for (Path each : locks(folder)) {
      if (!each.equals(own)) {
        return each;
      }
    }
    return null;
  }

  /** Releases the lock, even if another process has already removed it. */
  @Override
  public void close() throws IOException {
    if (file == null) {
      return;
    }
    Files.deleteIfExists(file);
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException e) {
      return; // another process is waiting for it
    }
  }
}
