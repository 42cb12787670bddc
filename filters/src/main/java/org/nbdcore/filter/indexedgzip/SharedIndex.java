package org.nbdcore.filter.indexedgzip;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.Session;

/** The index of an export, opened or created for its first client. */
final class SharedIndex implements Closeable {

  private static final Log LOG = Log.of("indexed-gzip");

  private final Path path;
  private final long span;
  private IndexFile file; // guarded by this; null until one client has opened it

  SharedIndex(Path path, long span) {
    this.path = path;
    this.span = span;
  }

  /** The index. Other clients of the export wait while one of them creates it. */
  synchronized IndexFile get(BlockDevice packed, Session session) throws IOException {
    if (file == null) {
      session.requireConnected();
      Fingerprint fingerprint = Fingerprint.of(packed);
      if (!Files.exists(path)) {
        create(packed, fingerprint, session);
      }
      file = IndexFile.open(path, fingerprint);
    }
    return file;
  }

  /**
   * Creates the index under a temporary name, so that a file of the final name is always complete.
   */
  private void create(BlockDevice packed, Fingerprint fingerprint, Session session)
      throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    Path unfinished = Files.createTempFile(folder, path.getFileName() + ".", ".new");
    try {
      try (IndexFile created = IndexFile.create(unfinished)) {
        GzipIndexer indexer = new GzipIndexer(packed, session, span, created::store);
        GzipPoints points = indexer.run();
        created.complete(fingerprint, points, indexer.size());
        long size = indexer.size();
        LOG.debug(() -> path + " has " + points.count() + " points for " + size + " bytes");
      }
      move(unfinished);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  private void move(Path unfinished) throws IOException {
    try {
      Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(unfinished, path);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
