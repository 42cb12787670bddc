package org.nbdcore.vmdk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.Optional;

/**
 * One disk that several users share. It is open for reading until the first of them wants to write,
 * and each time the last writer has gone its files are left as those of a disk that was closed.
 * Safe for many threads.
 */
public final class VmdkStore implements Closeable {
  private static final String READ_ONLY_FILE_SYSTEM = "Read-only file system";

  private final VmdkOptions options;
  private final FileLocation file;
  private VmdkDisk reading; // guarded by this object's lock; null until it is needed
  private VmdkDisk writing; // guarded by this object's lock; null until somebody writes
  private int writers; // guarded by this object's lock
  private boolean readOnly; // whether it cannot be written; guarded by this object's lock

  private VmdkStore(FileLocation file, VmdkOptions options) {
    this.file = file;
    this.options = options;
  }

  /**
   * Opens a disk that exists.
   *
   * @param options how, but for {@link VmdkOptions#withWritable}
   * @throws IOException as {@link VmdkDisk#open(FileLocation, VmdkOptions)}
   */
  public static VmdkStore open(FileLocation file, VmdkOptions options) throws IOException {
    VmdkStore store = new VmdkStore(file, options);
    store.acquire(true);
    return store;
  }

  /**
   * Creates a disk and opens it.
   *
   * @throws IOException as {@link VmdkDisk#create}
   */
  public static VmdkStore create(FileLocation file, VmdkCreateOptions create, VmdkOptions options)
      throws IOException {
    VmdkDisk.create(file, create);
    return created(file, options);
  }

  /**
   * Creates a child of a disk and opens that.
   *
   * @param parent the disk that the child begins as
   * @throws IOException as {@link VmdkDisk#createChild}
   */
  public static VmdkStore createChild(FileLocation child, FileLocation parent, VmdkOptions options)
      throws IOException {
    VmdkDisk.createChild(child, parent);
    return created(child, options);
  }

  private static VmdkStore created(FileLocation file, VmdkOptions options) throws IOException {
    VmdkStore store = new VmdkStore(file, options);
    store.writing = VmdkDisk.open(file, options.withWritable(true));
    return store;
  }

  /**
   * The disk, for one more user; {@link #release} must follow, but for one that only reads. If the
   * disk or its files allow no more, it is open for reading only, which is a warning.
   *
   * @param forReading whether this user does not write; the disk may be writable all the same
   * @throws IOException if the disk cannot be opened
   */
  public synchronized VmdkDisk acquire(boolean forReading) throws IOException {
    if (!forReading && !readOnly && writing == null) {
      openForWriting();
    }
    if (writing != null) {
      writers += forReading ? 0 : 1;
      return writing;
    }
    if (reading == null) {
      reading = VmdkDisk.open(file, options);
    }
    return reading;
  }

  private void openForWriting() throws IOException {
    try {
      writing = VmdkDisk.open(file, options.withWritable(true));
    } catch (IOException e) {
      String why = refusal(e).orElseThrow(() -> e);
      options.warnings().accept(why + "; it is served read-only");
      readOnly = true;
    }
  }

  /** Why the disk cannot be written although it can be read; empty if something else failed. */
  private static Optional<String> refusal(IOException failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      boolean refused =
          e instanceof ReadOnlyDiskException
              || e instanceof AccessDeniedException
              || (e instanceof FileSystemException system
                  && READ_ONLY_FILE_SYSTEM.equals(system.getReason()));
      if (refused) {
        return Optional.of(
            e instanceof ReadOnlyDiskException
                ? e.getMessage()
                : failure.getMessage() + " (it cannot be opened for writing)");
      }
    }
    return Optional.empty();
  }

  /**
   * Ends the use by one that {@link #acquire} gave a writable disk for writing.
   *
   * @throws IOException if what was written cannot be flushed
   */
  public synchronized void release() throws IOException {
    writers--;
    if (writers == 0) {
      writing.settle();
    }
  }

  /** Closes the disk; everybody must have gone. */
  @Override
  public synchronized void close() throws IOException {
    try {
      if (writing != null) {
        writing.close();
      }
    } finally {
      if (reading != null) {
        reading.close();
      }
    }
  }
}
