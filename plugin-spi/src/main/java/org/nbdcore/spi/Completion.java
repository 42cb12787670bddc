package org.nbdcore.spi;

import java.io.IOException;

/** Is told that a read or write has ended which a device had begun; see {@link BlockDevice}. */
@FunctionalInterface
public interface Completion {

  /**
   * To be called once, by any thread, also by the one that begins the operation before it returns.
   * Does not wait and does not throw. The device has let go of the buffer, which is the caller's
   * again when the outcome has been checked.
   */
  void ended(Outcome outcome);

  /** How an operation has ended. */
  @FunctionalInterface
  interface Outcome {

    /**
     * Returns if the operation has succeeded. Called once, by a thread of the server's, maybe after
     * a filter has closed the device. It may take its time, for instance to ask a library for the
     * text of an error, or in a filter to repeat what has failed: only when it returns or throws is
     * the operation over, so what a filter does afterwards belongs here.
     *
     * <p>One thread checks what has ended on a connection, one after the other. So nothing may be
     * held from the beginning of an operation until it is checked that others wait for, such as a
     * lock: what they wait for could be behind them.
     *
     * @throws IOException what the operation would have thrown had it been waited for
     */
    void check() throws IOException;
  }
}
