package org.nbdcore.plugin.mkfs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A lock on a file that other programs respect too. The system releases the lock when this process
 * closes any descriptor of the file. So no other code of this process may open the file while it is
 * locked.
 */
final class DiskFileLock implements Closeable {

  private final FileChannel channel;

  private DiskFileLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Locks the file, or returns null if another process has locked it. */
  static DiskFileLock tryLock(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      FileLock lock = channel.tryLock();
      locked = lock != null;
    } catch (OverlappingFileLockException e) {
      locked = false; // another plugin of this server
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    return locked ? new DiskFileLock(channel) : null;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
