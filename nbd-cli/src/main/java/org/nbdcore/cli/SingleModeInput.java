package org.nbdcore.cli;

import java.io.IOException;
import java.io.InputStream;

/**
 * Standard input with {@code --single}. A plugin must not read it, because it carries the client's
 * data.
 */
final class SingleModeInput extends InputStream {

  @Override
  public int read() throws IOException {
    throw new IOException(
        "nothing can be read from standard input: with --single it is the client's; give a file");
  }
}
