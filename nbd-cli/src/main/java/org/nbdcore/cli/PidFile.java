package org.nbdcore.cli;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.nbdcore.log.ExceptionText;
import org.nbdcore.spi.Log;

/** The file that holds the server's process id, usually only while it runs. */
final class PidFile implements Closeable {

  private static final Log LOG = Log.of("");

  private final boolean stays;
  private Path path;
  private String text;

  /**
   * A file that is not written yet.
   *
   * @param stays true to keep the file when the server ends
   */
  PidFile(boolean stays) {
    this.stays = stays;
  }

  /**
   * Writes the file atomically: a reader sees the complete number or no file. Writes directly to
   * files that are not regular, such as pipes.
   *
   * @throws IOException naming the file
   */
  void write(Path file) throws IOException {
    path = file.toAbsolutePath();
    long pid = ProcessHandle.current().pid();
    text = pid + "\n";
    try {
      if (Files.exists(path) && !Files.isRegularFile(path)) {
        Files.writeString(path, text, StandardOpenOption.WRITE);
      } else {
        replace(path.resolveSibling("." + path.getFileName() + "." + pid));
      }
    } catch (IOException e) {
      throw new IOException("the pid file cannot be written: " + ExceptionText.of(e), e);
    }
  }

  /**
   * A file that exists under the temporary name may belong to another user, for example a link. It
   * is removed, not overwritten.
   */
  private void replace(Path part) throws IOException {
    try {
      Files.deleteIfExists(part);
      Files.writeString(part, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      Files.move(part, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      Files.deleteIfExists(part);
      throw e;
    }
  }

  /**
   * Removes the file if it was written, unless another server has written its own file in the
   * meantime. The file remains if the server has changed its user and that user cannot remove it.
   */
  @Override
  public void close() throws IOException {
    if (!stays
        && path != null
        && Files.isRegularFile(path)
        && Files.readString(path).equals(text)) {
      try {
        Files.delete(path);
      } catch (FileSystemException e) {
        LOG.debug(() -> "the pid file stays: " + ExceptionText.of(e));
      }
    }
  }
}
