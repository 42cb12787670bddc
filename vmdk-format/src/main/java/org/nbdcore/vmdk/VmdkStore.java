package org.nbdcore.vmdk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.Optional;

/**
 * One disk that several users share. The store opens the disk for reading. It reopens the disk for
 * writing when the first user asks for it. When the last writer leaves, the store leaves the files
 * cleanly closed. Thread-safe.
 */
public final class VmdkStore implements Closeable {
  private static final String READ_ONLY_FILE_SYSTEM = "Read-only file system";

  private final VmdkOptions options;
  private final FileLocation file;
  private VmdkDisk reading; // null until the first use; guarded by this object's lock
  private VmdkDisk writing; // null until the first write; guarded by this object's lock
  private int writers; // guarded by this object's lock
  private boolean readOnly; // true if the disk cannot be written; guarded by this object's lock

  private VmdkStore(FileLocation file, VmdkOptions options) {
    this.file = file;
    this.options = options;
  }

  /**
   * Opens an existing disk.
   *
   * @param options for the disk; {@link VmdkOptions#withWritable} is ignored
   * @throws IOException for the reasons of {@link VmdkDisk#open(FileLocation, VmdkOptions)}
   */
  public static VmdkStore open(FileLocation file, VmdkOptions options) throws IOException {
    VmdkStore store = new VmdkStore(file, options);
    store.acquire(true);
    return store;
  }

  /**
   * Creates a disk and opens it.
   *
   * @throws IOException for the reasons of {@link VmdkDisk#create}
   */
  public static VmdkStore create(FileLocation file, VmdkCreateOptions create, VmdkOptions options)
      throws IOException {
    VmdkDisk.create(file, create);
    return created(file, options);
  }

  /**
   * Creates a child of a disk and opens the child.
   *
   * @param parent the disk whose content the child starts with
   * @throws IOException for the reasons of {@link VmdkDisk#createChild}
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
   * Returns the disk for one more user. A user that may write must call {@link #release} later. If
   * the disk or its files cannot be written, the disk is open for reading only, with a warning.
   *
   * @param forReading true if this user does not write; the disk may still be writable
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

  /** Returns why the disk can be read but not written; empty if something else failed. */
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
   * Ends the use by a writer that got a writable disk from {@link #acquire}.
   *
   * @throws IOException if the written data cannot be flushed
   */
  public synchronized void release() throws IOException {
    writers--;
    if (writers == 0) {
      writing.settle();
    }
  }

  /** Closes the disk. All users must have left. */
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
