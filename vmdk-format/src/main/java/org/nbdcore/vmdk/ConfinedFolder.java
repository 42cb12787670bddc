package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;

/**
 * A folder that must contain every file that is opened. First, this class resolves symbolic links
 * and checks that the real path lies in the folder. Then it opens the file from the folder down,
 * one path element at a time, without following links. An attacker who replaces an element by a
 * link in between therefore gains nothing.
 *
 * @param folder as the user named it
 */
record ConfinedFolder(Path folder) {

  /** An operation on a file in its folder. */
  private interface Use<T> {
    /**
     * @param parent null if the system cannot open a file relative to an open folder
     * @param name the file's name in {@code parent}, or its path without {@code parent}
     */
    T in(SecureDirectoryStream<Path> parent, Path name) throws IOException;
  }

  /**
   * Returns the real path of an existing file.
   *
   * @throws VmdkException if the file lies outside the folder, whether it exists or not
   * @throws NoSuchFileException if it does not exist and would lie inside
   */
  Path real(Path path) throws IOException {
    return real(path, path);
  }

  private Path real(Path path, Path named) throws IOException {
    NoSuchFileException missing = null;
    for (Path at = path.toAbsolutePath(); at != null; at = at.getParent()) {
      Path real;
      try {
        real = at.toRealPath();
      } catch (NoSuchFileException e) {
        missing = missing == null ? new NoSuchFileException(path.toString()) : missing;
        continue; // the location of its folder decides whether the message may say that the file
        // does not exist
      }
      if (!real.startsWith(folder.toRealPath())) {
        throw new VmdkException(named + ": lies outside of " + folder + ", which within= allows");
      }
      if (missing == null) {
        return real;
      }
      throw missing;
    }
    throw new NoSuchFileException(path.toString());
  }

  /** Returns the real path of a file that may not exist yet. */
  Path realToCreate(Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    Path name = absolute.getFileName();
    if (name == null || Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
      return real(path);
    }
    return real(absolute.getParent(), path).resolve(name);
  }

  /**
   * @param real the result of {@link #real}
   */
  FileChannel open(Path real, Set<? extends OpenOption> options) throws IOException {
    Set<OpenOption> all = new HashSet<>(options);
    all.add(LinkOption.NOFOLLOW_LINKS);
    return use(
        real,
        (parent, name) -> {
          SeekableByteChannel channel =
              parent == null ? FileChannel.open(name, all) : parent.newByteChannel(name, all);
          if (channel instanceof FileChannel file) {
            return file;
          }
          channel.close();
          throw new IOException(real + ": cannot be opened as a file of the system");
        });
  }

  /**
   * @param real the result of {@link #real}
   */
  BasicFileAttributes attributes(Path real) throws IOException {
    return use(
        real,
        (parent, name) ->
            parent == null
                ? Files.readAttributes(name, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                : parent
                    .getFileAttributeView(
                        name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes());
  }

  private <T> T use(Path real, Use<T> use) throws IOException {
    Path root = folder.toRealPath();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(root)) {
      return stream instanceof SecureDirectoryStream<Path> secure
          ? below(secure, root.relativize(real), use)
          : use.in(null, real);
    }
  }

  private static <T> T below(SecureDirectoryStream<Path> folder, Path path, Use<T> use)
      throws IOException {
    if (path.getNameCount() == 1) {
      return use.in(folder, path.toString().isEmpty() ? Path.of(".") : path);
    }
    try (SecureDirectoryStream<Path> next =
        folder.newDirectoryStream(path.getName(0), LinkOption.NOFOLLOW_LINKS)) {
      return below(next, path.subpath(1, path.getNameCount()), use);
    }
  }
}
