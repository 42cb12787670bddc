package org.nbdcore.filter.tar;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.BlockDevices;

/** Searches the member again for each connection, because the tar file may have changed. */
final class TarFilter implements Filter {

  private final String name;
  private final long limit;

  /**
   * Creates the filter.
   *
   * @param name of the member
   * @param limit offset up to which to search; 0 for the end
   */
  TarFilter(String name, long limit) {
    this.name = name;
    this.limit = limit;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return BlockDevices.wrap(next.open(request), below -> wrap(below, request.session()));
  }

  private BlockDevice wrap(BlockDevice below, Session session) throws IOException {
    TarEntry entry = find(new TarEntries(below, session));
    if (!entry.isFile()) {
      throw wrong(
          "tar-entry must be a plain file; '" + name + "' is " + entry.kind() + " in the tar file");
    }
    if (entry.size() > below.size() - entry.start()) {
      throw wrong(
          "the tar file ends within '"
              + name
              + "', which begins at "
              + entry.start()
              + " and has "
              + entry.size()
              + " bytes");
    }
    int block = below.capabilities().blockSizes().minimum();
    if (!Alignment.isAligned(entry.start(), block)) {
      throw wrong(
          "'"
              + name
              + "' begins at "
              + entry.start()
              + " in the tar file, which is not a multiple of the minimum block size of the layer"
              + " below ("
              + block
              + "); put --filter=blocksize below");
    }
    return BlockDevices.range(below, entry.start(), entry.size());
  }

  /** Returns the first member of that name; a tar file may have several. */
  private TarEntry find(TarEntries entries) throws IOException {
    for (TarEntry entry = entries.next(); entry != null; entry = entries.next()) {
      if (limit > 0 && entry.start() > limit) {
        throw wrong(
            "'"
                + name
                + "' was not found in the first "
                + limit
                + " bytes of the tar file (tar-limit)");
      }
      if (entry.name().equals(name)) {
        return entry;
      }
    }
    throw wrong("tar-entry: the tar file has no '" + name + "'; 'tar tf' shows what it has");
  }

  private static NbdException wrong(String message) {
    return new NbdException(NbdError.EINVAL, message);
  }
}
