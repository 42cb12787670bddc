package org.nbdcore.plugin.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.PassThroughDevice;

/**
 * A disk that a plugin writes once, from the start to the end, and that clients then read. The file
 * has no name, so the system frees it when the process ends, even if the process is killed.
 *
 * <p>One thread calls {@link #write} and {@link #finish}. After that, {@link #open} is safe for use
 * by several threads.
 */
public final class AnonymousFile implements Closeable {

  private final Path path;
  private final FileChannel channel;
  private final Object key;
  private FileDevice device; // null until all is written

  private AnonymousFile(Path path, FileChannel channel, Object key) {
    this.path = path;
    this.channel = channel;
    this.key = key;
  }

  /**
   * The folder for temporary files: the one that TMPDIR names, or /var/tmp.
   *
   * @throws ConfigException if TMPDIR names no folder
   */
  public static Path folder() throws ConfigException {
    String given = System.getenv("TMPDIR");
    Path folder = Path.of(given == null || given.isEmpty() ? "/var/tmp" : given).toAbsolutePath();
    if (!Files.isDirectory(folder)) {
      throw new ConfigException("TMPDIR must name a folder, not '" + folder + "'");
    }
    return folder;
  }

  /** Creates an empty file that only this process and its user can read. */
  public static AnonymousFile create(Path folder) throws IOException {
    Path path = null;
    try {
      path = Files.createTempFile(folder, "nbd-core", null);
      Object key = FileDevice.key(path); // before opening the file, because this may fail
      FileChannel channel =
          FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
      return new AnonymousFile(path, channel, key);
    } catch (IOException e) {
      throw SystemErrors.failed("cannot create a temporary file in " + folder, e);
    } finally {
      if (path != null) {
        Files.deleteIfExists(path);
      }
    }
  }

  /**
   * Appends all bytes of {@code src}.
   *
   * @throws IOException with the system's error, such as ENOSPC, and the folder
   */
  public void write(ByteBuffer src) throws IOException {
    try {
      while (src.hasRemaining()) {
        channel.write(src);
      }
    } catch (IOException e) {
      throw SystemErrors.failed("writing a temporary file in " + path.getParent(), e);
    }
  }

  /** Ends the writes. The contents are then the disk. */
  public void finish() throws IOException {
    device = FileDevice.reading(path, channel, key);
  }

  /**
   * The read-only disk. All clients share the file; closing the device does not close it.
   *
   * @throws IllegalStateException before {@link #finish}
   */
  public BlockDevice open() {
    if (device == null) {
      throw new IllegalStateException("the file is not finished");
    }
    return new OpenFile(device);
  }

  @Override
  public void close() throws IOException {
    if (device != null) {
      device.close();
    }
    channel.close();
  }

  /** One client's view. */
  private static final class OpenFile extends PassThroughDevice {

    OpenFile(BlockDevice file) {
      super(file);
    }

    @Override
    public void close() {}
  }
}
