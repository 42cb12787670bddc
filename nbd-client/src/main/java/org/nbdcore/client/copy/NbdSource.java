package org.nbdcore.client.copy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.client.BlockStatusVisitor;
import org.nbdcore.protocol.MetaContext;
import org.nbdcore.spi.Flags;

/** An export as the source of a copy. */
final class NbdSource implements CopySource {

  private final NbdConnections connections;

  NbdSource(NbdConnections connections) throws IOException {
    this.connections = connections;
    if (size() % alignment() != 0) {
      long rest = size() % alignment();
      connections.close();
      throw new IOException(
          connections
              + ": the last "
              + rest
              + " of "
              + size()
              + " bytes cannot be read, since the server requires multiples of "
              + alignment());
    }
  }

  @Override
  public long size() {
    return connections.client(0).size();
  }

  @Override
  public int alignment() {
    return connections.client(0).export().minimumBlockSize();
  }

  @Override
  public int maximumRequest() {
    return connections.maximumRequest();
  }

  @Override
  public int connections() {
    return connections.count();
  }

  @Override
  public void read(int worker, ByteBuffer dst, long offset) throws IOException {
    try {
      connections.client(worker).read(dst, offset);
    } catch (IOException e) {
      throw connections.failure(e);
    }
  }

  @Override
  public boolean hasExtents() {
    return connections.client(0).export().metaContexts().contains(MetaContext.BASE_ALLOCATION);
  }

  @Override
  public void extents(long offset, long length, CopyExtentSink sink) throws IOException {
    BlockStatusVisitor visitor =
        new BlockStatusVisitor() {
          @Override
          public void extent(String context, long at, long size, int flags) {
            sink.extent(at, size, (flags & MetaContext.STATE_ZERO) != 0);
          }
        };
    try {
      connections.client(0).blockStatus(offset, length, Flags.NONE, visitor);
    } catch (IOException e) {
      throw connections.failure(e);
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
