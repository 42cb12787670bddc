package org.nbdcore.filter.ext2;

import java.io.IOException;
import java.util.List;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.PerExport;

/** Opens a file for each connection. All connections to one file system share its metadata. */
final class Ext2Filter implements Filter {

  private final String path;
  private final PerExport<Metadata> fileSystems = new PerExport<>();

  /** Takes the path of the file, or {@link Ext2FilterProvider#EXPORTNAME}. */
  Ext2Filter(String path) {
    this.path = path;
  }

  private boolean isNamedByClient() {
    return path.equals(Ext2FilterProvider.EXPORTNAME);
  }

  @Override
  public List<Export> listExports(OpenRequest request, Backend next) throws IOException {
    return isNamedByClient() ? List.of() : next.listExports(request);
  }

  @Override
  public String defaultExport(OpenRequest request, Backend next) throws IOException {
    return isNamedByClient() ? "" : next.defaultExport(request);
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    String name = request.exportName();
    if (!isNamedByClient()) {
      return BlockDevices.wrap(next.open(request), below -> open(below, request, name, path));
    }
    if (!name.startsWith("/")) {
      throw new NbdException(
          NbdError.EINVAL,
          "the export name must be the absolute path of a file in the file system, which starts"
              + " with '/', not '"
              + name
              + "'");
    }
    return BlockDevices.wrap(
        next.open(request.withExportName("")), below -> open(below, request, "", name));
  }

  private BlockDevice open(BlockDevice below, OpenRequest request, String export, String file)
      throws IOException {
    Metadata metadata = fileSystems.acquire(export, () -> new Metadata(fileSystems));
    try {
      return open(below, request, file, metadata, () -> fileSystems.release(export));
    } catch (IOException | RuntimeException | Error e) {
      fileSystems.release(export);
      throw e;
    }
  }

  private static BlockDevice open(
      BlockDevice below, OpenRequest request, String file, Metadata metadata, Runnable release)
      throws IOException {
    boolean writable = below.capabilities().write() && !request.readOnly();
    Session session = request.session();
    synchronized (metadata) {
      FileSystem fileSystem = FileSystem.open(below, metadata);
      Inode inode = new PathLookup(fileSystem, session).find(file);
      if (writable) {
        fileSystem.superblock().requireWritable();
        fileSystem.requireUnmounted();
      }
      if (inode.isInline()) {
        new InlineData(inode).requireWhole();
      }
      boolean writer = writable && inode.isWritable();
      metadata.writers += writer ? 1 : 0;
      return new Ext2Device(below, fileSystem, inode, writer, release);
    }
  }
}
