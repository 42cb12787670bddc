package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.vmdk.FileLocation;
import org.nbdcore.vmdk.OpenFile;

/** An open file of a datastore. Short reads share requests; see {@link ReadCache}. */
final class DatastoreFile implements OpenFile {

  private final DatastoreLocation location;
  private final long size;
  private final ReadCache cache;

  DatastoreFile(DatastoreLocation location, long size, HttpsCalls calls) {
    this.location = location;
    this.size = size;
    this.cache = new ReadCache(size, location::read, calls);
  }

  @Override
  public FileLocation location() {
    return location;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(ByteBuffer dst, int n, long position) throws IOException {
    int limit = dst.limit();
    dst.limit(dst.position() + n);
    try {
      cache.read(dst, position);
    } finally {
      dst.limit(limit);
    }
  }

  @Override
  public void write(ByteBuffer src, int n, long position) throws IOException {
    throw location.readOnly();
  }

  @Override
  public void truncate(long newSize) throws IOException {
    throw location.readOnly();
  }

  @Override
  public void force(boolean metadata) {}

  @Override
  public void close() {}
}
