package org.nbdcore.vmdk;

import java.io.IOException;

/**
 * Merges adjacent ranges of one kind and passes them on, until the visitor stops. For one thread.
 */
final class ExtentMerger {
  private final ExtentVisitor visitor;
  private long start;
  private long length;
  private ExtentKind kind;
  private boolean wanted = true;

  ExtentMerger(ExtentVisitor visitor, long start) {
    this.visitor = visitor;
    this.start = start;
  }

  /** Adds the next {@code more} bytes. Returns true if the visitor wants more. */
  boolean add(long more, ExtentKind next) throws IOException {
    if (next != kind) {
      flush();
      kind = next;
    }
    length += more;
    return wanted;
  }

  void flush() throws IOException {
    if (length > 0 && wanted) {
      wanted = visitor.visit(start, length, kind);
    }
    start += length;
    length = 0;
  }
}
