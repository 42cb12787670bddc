package org.nbdcore.vmdk;

import java.io.IOException;

/**
 * Joins neighbours of one kind and hands them on; once the visitor has had enough, it takes no
 * more. One thread.
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

  /** Adds the next {@code more} bytes; returns whether more is wanted. */
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
