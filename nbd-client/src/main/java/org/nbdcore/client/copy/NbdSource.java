package org.nbdcore.client.copy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.client.BlockStatusVisitor;
import org.nbdcore.protocol.MetaContext;
import org.nbdcore.spi.Flags;

/** An export that is read. */
final class NbdSource implements CopySource {

  private final NbdSide side;

  NbdSource(NbdSide side) throws IOException {
    this.side = side;
    if (size() % alignment() != 0) {
      long rest = size() % alignment();
      side.close();
      throw new IOException(
          side
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
    return side.client(0).size();
  }

  @Override
  public int alignment() {
    return side.client(0).export().minimumBlockSize();
  }

  @Override
  public int maximumRequest() {
    return side.maximumRequest();
  }

  @Override
  public int connections() {
    return side.connections();
  }

  @Override
  public void read(int worker, ByteBuffer dst, long offset) throws IOException {
    try {
      side.client(worker).read(dst, offset);
    } catch (IOException e) {
      throw side.failure(e);
    }
  }

  @Override
  public boolean hasExtents() {
    return side.client(0).export().metaContexts().contains(MetaContext.BASE_ALLOCATION);
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
      side.client(0).blockStatus(offset, length, Flags.NONE, visitor);
    } catch (IOException e) {
      throw side.failure(e);
    }
  }

  @Override
  public void close() {
    side.close();
  }

  @Override
  public String toString() {
    return side.toString();
  }
}
