package org.nbdcore.client.copy;

/** Hears how far a copy is. */
public interface CopyProgress {

  /**
   * Part of the copy is done. Called by one worker at a time, often.
   *
   * @param done bytes so far
   * @param total bytes of the source, or -1 for a pipe
   */
  void advanced(long done, long total);
}
