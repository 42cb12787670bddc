package org.nbdcore.vmdk;

import java.io.IOException;

/** Finds the grains of one extent. Thread-safe. */
interface GrainLocator {

  /**
   * Returns the byte offset of a grain in the extent's file, {@link GrainMap#HOLE} or {@link
   * GrainMap#ZERO}.
   *
   * @throws VmdkException if the tables are damaged there
   */
  long locate(long grain) throws IOException;

  /**
   * Returns the number of grains, from this one on, that are known to be holes because they have no
   * table; 0 if this one has a table. With it, a walk skips large empty areas of a disk.
   */
  long grainsWithoutTable(long grain) throws IOException;
}
