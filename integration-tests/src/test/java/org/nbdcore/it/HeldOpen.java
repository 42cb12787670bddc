package org.nbdcore.it;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Open files and folders of this process, for a server in it that gets the numbers of their
 * descriptors.
 */
final class HeldOpen implements Closeable {

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private final List<Closeable> open = new ArrayList<>();

  /** Opens a file or folder and returns the number of its descriptor. */
  String number(Path path) throws IOException {
    open.add(Files.isDirectory(path) ? Files.newDirectoryStream(path) : Files.newByteChannel(path));
    Path real = path.toRealPath();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path each : all) {
        if (leadsTo(each, real)) {
          return each.getFileName().toString();
        }
      }
    }
    throw new IOException(path + " is not among the descriptors of this process");
  }

  private static boolean leadsTo(Path descriptor, Path path) throws IOException {
    try {
      return Files.readSymbolicLink(descriptor).equals(path);
    } catch (NoSuchFileException e) {
      return false; // it was closed meanwhile
    }
  }

  @Override
  public void close() throws IOException {
    for (Closeable each : open) {
      each.close();
    }
  }
}
