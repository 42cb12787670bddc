package org.nbdcore.plugin.script;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The temporary folders of a plugin: one for the script, and one for the plugin itself. They exist
 * from the creation of the plugin until it is closed.
 */
final class WorkingDirectory implements Closeable {

  private final Path root;
  private final Path folder;
  private final AtomicLong calls = new AtomicLong();

  private WorkingDirectory(Path root) throws IOException {
    this.root = root;
    this.folder = Files.createDirectory(root.resolve("tmpdir"));
  }

  static WorkingDirectory create() throws IOException {
    return new WorkingDirectory(Files.createTempDirectory("nbd-core-script"));
  }

  /** The script's {@code $tmpdir}, empty at first. */
  Path folder() {
    return folder;
  }

  /** Stores a script from standard input in a file, and makes it executable. */
  Path store(byte[] script) throws IOException {
    Path file = root.resolve("inline-script");
    Files.write(file, script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r-x------"));
    return file;
  }

  /** A file for the standard error of one call. The caller deletes it. */
  Path errors() {
    return root.resolve("stderr." + calls.incrementAndGet());
  }

  @Override
  public void close() throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, IOException failure)
              throws IOException {
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
