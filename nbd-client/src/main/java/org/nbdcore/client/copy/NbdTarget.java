package org.nbdcore.client.copy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.client.ExportInfo;
import org.nbdcore.client.NbdClient;
import org.nbdcore.spi.Flags;

/** An export as the destination of a copy. */
final class NbdTarget implements CopyTarget {

  private final NbdConnections connections;
  private final ExportInfo export;
  private final boolean allocated;

  NbdTarget(NbdConnections connections, boolean allocated) throws IOException {
    this.connections = connections;
    this.export = connections.client(0).export();
    this.allocated = allocated;
    if (export.isReadOnly()) {
      connections.close();
      throw new IOException(connections + ": the export is read-only");
    }
  }

  @Override
  public long size() {
    return export.size();
  }

  @Override
  public int alignment() {
    return export.minimumBlockSize();
  }

  @Override
  public int maximumRequest() {
    return connections.maximumRequest();
  }

  @Override
  public int preferredHole() {
    if (!export.canZero() || allocated) {
      return 0;
    }
    return export.blockSizes() == null ? 1 : export.blockSizes().preferred();
  }

  @Override
  public int connections() {
    return connections.count();
  }

  @Override
  public void write(int worker, ByteBuffer src, long offset) throws IOException {
    NbdClient client = connections.client(worker);
    int limit = src.limit();
    int rest = src.remaining() % alignment();
    int whole = src.remaining() - rest;
    try {
      if (whole > 0) {
        client.write(src.limit(limit - rest), offset);
      }
      if (rest > 0) {
        writePart(client, src.limit(limit), offset + whole);
      }
    } catch (IOException e) {
      throw connections.failure(e);
    } finally {
      src.limit(limit);
    }
  }

  /**
   * The source ends within the last block that the server allows to write: preserves the rest of
   * the block.
   */
  private void writePart(NbdClient client, ByteBuffer src, long offset) throws IOException {
    ByteBuffer block = ByteBuffer.allocateDirect(alignment());
    client.read(block, offset);
    block.clear();
    block.put(src).clear();
    client.write(block, offset);
  }

  @Override
  public void zero(int worker, long offset, long length) throws IOException {
    long rest = length % alignment();
    if (!export.canZero()) {
      ZeroData.write(this, worker, offset, length);
      return;
    }
    try {
      if (length > rest) {
        Flags flags = allocated ? Flags.NONE : Flags.MAY_TRIM;
        connections.client(worker).zero(offset, length - rest, flags);
      }
    } catch (IOException e) {
      throw connections.failure(e);
    }
    if (rest > 0) {
      ZeroData.write(this, worker, offset + length - rest, rest);
    }
  }

  @Override
  public void flush() throws IOException {
    if (export.canFlush()) {
      try {
        // Several connections are used only with multi-conn, so one flush covers all.
        connections.client(0).flush();
      } catch (IOException e) {
        throw connections.failure(e);
      }
    }
  }

  @Override
  public void close() {
    connections.close();
  }

  @Override
  public String toString() {
    return connections.toString();
  }
}
