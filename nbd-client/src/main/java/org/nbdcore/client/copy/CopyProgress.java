package org.nbdcore.client.copy;

/** Receives the progress of a copy. */
public interface CopyProgress {

  /**
   * Called often, by one worker at a time, when a part of the copy is complete. Do not block.
   *
   * @param done bytes that are complete
   * @param total bytes of the source, or -1 for a pipe
   */
  void advanced(long done, long total);
}
