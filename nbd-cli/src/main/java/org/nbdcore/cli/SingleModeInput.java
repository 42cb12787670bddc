package org.nbdcore.cli;

import java.io.IOException;
import java.io.InputStream;

/** Standard input under {@code --single}, where a plugin must not read what its client sends. */
final class SingleModeInput extends InputStream {

  @Override
  public int read() throws IOException {
    throw new IOException(
        "nothing can be read from standard input: with --single it is the client's; give a file");
  }
}
