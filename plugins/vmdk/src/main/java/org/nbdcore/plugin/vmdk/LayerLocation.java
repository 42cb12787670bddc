package org.nbdcore.plugin.vmdk;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.vmdk.FileLocation;
import org.nbdcore.vmdk.OpenFile;
import org.nbdcore.vmdk.VmdkException;

/**
 * An export of the layer below a filter. Its siblings are the other exports that the layer lists.
 */
final class LayerLocation extends ReadOnlyLocation {
  private final Backend next;
  private final OpenRequest request;

  /**
   * @param request its export is the file
   */
  LayerLocation(Backend next, OpenRequest request) {
    this.next = next;
    this.request = request;
  }

  @Override
  public String name() {
    return lastPart(request.exportName());
  }

  @Override
  public FileLocation sibling(String sibling) throws IOException {
    String own = request.exportName();
    String name = own.substring(0, own.lastIndexOf('/') + 1) + lastPart(sibling);
    if (!lists(name)) {
      throw new VmdkException(
          this
              + ": needs the file '"
              + name
              + "' as well, which the layer below does not list among its exports; serve the whole"
              + " folder (file directory=…), or the files from this machine with the plugin vmdk");
    }
    return new LayerLocation(next, request.withExportName(name));
  }

  private boolean lists(String name) throws IOException {
    for (Export export : next.listExports(request)) {
      if (export.name().equals(name)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean exists() throws IOException {
    return lists(request.exportName());
  }

  @Override
  public Object key() {
    return request.exportName();
  }

  @Override
  OpenFile open() throws IOException {
    BlockDevice device = next.open(request);
    if (device == null) {
      throw new NoSuchFileException(toString());
    }
    try {
      return new LayerFile(this, device);
    } catch (IOException | RuntimeException | Error e) {
      try (device) {
        throw e;
      }
    }
  }

  @Override
  public String toString() {
    return request.exportName().isEmpty()
        ? "the layer below"
        : "the layer below (" + request.exportName() + ")";
  }
}
