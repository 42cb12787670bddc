package org.nbdcore.client.copy;

import java.io.IOException;

/** Says what to copy next. Workers ask one at a time. */
interface CopyPlan {

  /** Sets the piece, and for a pipe fills its buffer; false at the end. */
  boolean next(CopyChunk piece) throws IOException;
}
