package org.nbdcore.vmdk;

import java.io.IOException;

/** Receives the extents of a range in ascending order; see {@link VmdkDisk#extents}. */
@FunctionalInterface
public interface ExtentVisitor {
  /**
   * @param offset bytes from the start of the disk; where the last extent ended
   * @param length bytes, more than 0
   * @param kind what stands behind the range; differs from that of the extent before
   * @return whether to go on
   * @throws IOException ends the walk and reaches its caller
   */
  boolean visit(long offset, long length, ExtentKind kind) throws IOException;
}
