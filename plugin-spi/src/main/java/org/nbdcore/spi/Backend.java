package org.nbdcore.spi;

import java.io.IOException;
import java.util.List;

/**
 * The interface of a layer to the layer above it: opens disks and lists exports. The lowest layer
 * is the {@link Plugin}. A {@link Filter} receives the layer below it with each call.
 */
public interface Backend {

  /**
   * Returns how many calls may be in progress at the same time in this layer and the layers below.
   * The strictest of these layers decides. A filter that makes calls of its own, in addition to
   * those of the client, must not exceed this number.
   */
  default ThreadModel threadModel() {
    return ThreadModel.PARALLEL;
  }

  /**
   * Opens a disk. Any thread may call this, zero, one or many times for one connection. The caller
   * must close each returned device.
   *
   * @throws IOException if the disk cannot be opened; the client receives the message
   */
  BlockDevice open(OpenRequest request) throws IOException;

  /**
   * Lists the exports that a client may open, for {@code NBD_OPT_LIST}. The default implementation
   * returns one export with the empty name.
   *
   * @param request who asks; its export name is empty
   * @return the exports, in order; include the default export if it has a name
   */
  default List<Export> listExports(OpenRequest request) throws IOException {
    return List.of(Export.of(""));
  }

  /**
   * The name of the default export.
   *
   * @param request who asks; its export name is empty
   */
  default String defaultExport(OpenRequest request) throws IOException {
    return "";
  }

  /**
   * Called after a connection is accepted, before the server sends the first byte.
   *
   * @throws IOException to refuse the connection; the client sees it closed
   */
  default void preconnect(Session session) throws IOException {}
}
