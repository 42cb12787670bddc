package org.nbdcore.client;

/** Receives the extents of a block status request. */
public interface BlockStatusVisitor {

  /**
   * Receives one extent. The extents of each meta context are in ascending order without gaps, and
   * the first one begins at the requested offset. Called by the thread that sent the request; you
   * may use the client in this method.
   *
   * @param metaContext its name, such as {@code base:allocation}
   * @param offset in bytes
   * @param length in bytes, at least 1
   * @param flags as the context defines them: {@link org.nbdcore.protocol.MetaContext}
   */
  void extent(String metaContext, long offset, long length, int flags);
}
