package org.nbdcore.filter.luks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Secret;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.BlockDevices;

/** Opens containers, and caches their keys, because deriving a key takes seconds. */
final class LuksFilter implements Filter {

  /** Maximum number of containers whose keys are cached; each export may have its own. */
  private static final int MAX_VOLUMES = 16;

  private record OpenedVolume(ByteBuffer header, long size, LuksVolume volume) {}

  private final Secret passphrase;
  private final ArrayDeque<OpenedVolume> volumes = new ArrayDeque<>(); // guarded by itself

  LuksFilter(Secret passphrase) {
    this.passphrase = passphrase;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return BlockDevices.wrap(
        next.open(request), below -> new LuksDevice(below, volume(below, request.session())));
  }

  /** Finds a cached volume by its header: a container that was created again has another header. */
  private LuksVolume volume(BlockDevice container, Session session) throws IOException {
    ByteBuffer bytes = LuksHeader.bytes(container);
    long size = container.size();
    synchronized (volumes) {
      for (OpenedVolume known : volumes) {
        if (known.size() == size && known.header().equals(bytes)) {
          return known.volume();
        }
      }
      session.requireConnected(); // the client may have disconnected during the wait
      LuksMetadata metadata = LuksHeader.parseHeader(bytes.duplicate(), container);
      LuksVolume volume = LuksVolume.open(metadata, container, passphrase.bytes(), session);
      if (volumes.size() == MAX_VOLUMES) {
        volumes.removeLast();
      }
      volumes.addFirst(new OpenedVolume(bytes, size, volume));
      return volume;
    }
  }

  @Override
  public void close() {
    synchronized (volumes) {
      volumes.clear();
    }
  }
}
