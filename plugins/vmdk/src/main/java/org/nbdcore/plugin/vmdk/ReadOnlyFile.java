package org.nbdcore.plugin.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.vmdk.FileLocation;
import org.nbdcore.vmdk.OpenFile;

/** Base class of read-only files. Subclasses supply the bytes. */
abstract class ReadOnlyFile implements OpenFile {
  private final FileLocation location;
  private final long size;

  ReadOnlyFile(FileLocation location, long size) {
    this.location = location;
    this.size = size;
  }

  @Override
  public final FileLocation location() {
    return location;
  }

  @Override
  public final long size() {
    return size;
  }

  @Override
  public final void write(ByteBuffer src, int n, long position) throws IOException {
    throw readOnly();
  }

  @Override
  public final void truncate(long newSize) throws IOException {
    throw readOnly();
  }

  @Override
  public final void force(boolean metadata) throws IOException {
    throw readOnly();
  }

  private IOException readOnly() {
    return new IOException(location + ": is read-only here");
  }
}
