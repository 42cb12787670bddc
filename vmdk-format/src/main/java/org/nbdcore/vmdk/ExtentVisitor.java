package org.nbdcore.vmdk;

import java.io.IOException;

/** Receives the extents of a range in ascending order; see {@link VmdkDisk#extents}. */
@FunctionalInterface
public interface ExtentVisitor {
  /**
   * @param offset bytes from the start of the disk; the end of the previous extent
   * @param length bytes, more than 0
   * @param kind how the range is stored; differs from the kind of the previous extent
   * @return true to continue
   * @throws IOException ends the walk and is passed to its caller
   */
  boolean visit(long offset, long length, ExtentKind kind) throws IOException;
}
