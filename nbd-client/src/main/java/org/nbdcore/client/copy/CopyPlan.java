package org.nbdcore.client.copy;

import java.io.IOException;

/** Decides what to copy next. Called by one worker at a time. */
interface CopyPlan {

  /**
   * Sets the range of the next piece, and for a pipe fills its buffer. Returns false at the end.
   */
  boolean next(CopyChunk piece) throws IOException;
}
