package org.nbdcore.client;

/** Takes the extents that a block status request found. */
public interface BlockStatusVisitor {

  /**
   * One extent. For each meta context they come in ascending order without gaps, the first one at
   * the offset that was asked for. Called by the thread that asked, which may use the client.
   *
   * @param metaContext its name, such as {@code base:allocation}
   * @param offset in bytes
   * @param length in bytes, at least 1
   * @param flags as the context defines them: {@link org.nbdcore.protocol.MetaContext}
   */
  void extent(String metaContext, long offset, long length, int flags);
}
