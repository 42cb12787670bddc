package org.nbdcore.spi;

import java.io.IOException;

/** Is told that a read or write has ended which a device had begun; see {@link BlockDevice}. */
@FunctionalInterface
public interface Completion {

  /**
   * To be called once, by any thread, also by the one that begins the operation before it returns.
   * Does not wait and does not throw. From here on the buffer is the caller's again.
   */
  void ended(Outcome outcome);

  /** How an operation has ended. */
  @FunctionalInterface
  interface Outcome {

    /**
     * Returns if the operation has succeeded. Called once, by a thread of the server's; it may take
     * its time, for instance to ask a library for the text of an error.
     *
     * @throws IOException what the operation would have thrown had it been waited for
     */
    void check() throws IOException;
  }
}
