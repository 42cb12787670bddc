package org.nbdcore.spi;

import java.io.IOException;
import java.util.List;

/**
 * A layer, as the layer above it sees it: opens disks and lists exports. The lowest layer is the
 * {@link Plugin}. A {@link Filter} receives the layer below it with each call.
 */
public interface Backend {

  /**
   * Returns how many calls may be in progress at the same time in this layer and the layers below.
   * The strictest of them decides. A filter that makes its own calls, in addition to those of the
   * client, must not exceed this.
   */
  default ThreadModel threadModel() {
    return ThreadModel.PARALLEL;
  }

  /**
   * Opens a disk. May be called zero, one or many times for one connection, by any thread; each
   * returned device must be closed by the caller.
   *
   * @throws IOException if it cannot be opened; the message reaches the client
   */
  BlockDevice open(OpenRequest request) throws IOException;

  /**
   * The exports that a client may ask for, answering {@code NBD_OPT_LIST}.
   *
   * @param request who asks; its export name is empty
   * @return at least the default export, if it has a name; by default one export with the empty
   *     name
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
   * Called once a connection is accepted, before anything is sent.
   *
   * @throws IOException to refuse the connection; the client sees it closed
   */
  default void preconnect(Session session) throws IOException {}
}
