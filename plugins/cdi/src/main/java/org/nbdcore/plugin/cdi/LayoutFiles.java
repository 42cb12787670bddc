package org.nbdcore.plugin.cdi;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** The files of a layout. */
interface LayoutFiles extends Closeable {

  /**
   * Opens a file.
   *
   * @param name with slashes, relative to the layout
   * @throws IOException with the name, also if there is no such file
   */
  InputStream open(String name) throws IOException;
}
