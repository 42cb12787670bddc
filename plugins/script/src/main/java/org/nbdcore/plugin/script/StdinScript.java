package org.nbdcore.plugin.script;

import java.io.IOException;

/** A script that is read from standard input, which a process can do once. */
final class StdinScript {

  private static byte[] script; // guarded by this class

  private StdinScript() {}

  /**
   * Returns the script. A second plugin of the process, as with --dump-plugin, gets the same text.
   */
  static synchronized byte[] script() throws IOException {
    if (script == null) {
      script = System.in.readAllBytes();
    }
    return script.clone();
  }
}
