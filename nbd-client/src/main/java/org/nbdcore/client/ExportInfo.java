package org.nbdcore.client;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nbdcore.protocol.TransmissionFlags;
import org.nbdcore.spi.BlockSizes;

/** A server's information about an export. Immutable. */
public final class ExportInfo {

  private final String name;
  private final String description;
  private final long size;
  private final int flags;
  private final @Nullable BlockSizes blockSizes;
  private final List<String> metaContexts;

  ExportInfo(
      String name,
      String description,
      long size,
      int flags,
      @Nullable BlockSizes blockSizes,
      List<String> metaContexts) {
    this.name = name;
    this.description = description;
    this.size = size;
    this.flags = flags;
    this.blockSizes = blockSizes;
    this.metaContexts = metaContexts;
  }

  /** The server's name for the export if it sent one, otherwise the requested name. */
  public String name() {
    return name;
  }

  /** Description for the user, possibly empty. It may contain any character. */
  public String description() {
    return description;
  }

  /** Size in bytes. */
  public long size() {
    return size;
  }

  /** The transmission flags as received: {@link TransmissionFlags}. */
  public int flags() {
    return flags;
  }

  /**
   * Size constraints, or null if the server advertised none. A preferred block size that the
   * protocol does not allow is replaced by the nearest valid one. The maximum is rounded down to a
   * multiple of the minimum.
   */
  public @Nullable BlockSizes blockSizes() {
    return blockSizes;
  }

  /** The selected meta contexts, in the server's order; empty if there are none. */
  public List<String> metaContexts() {
    return metaContexts;
  }

  /** Minimum block size in bytes; 1 if the server advertised none. */
  public int minimumBlockSize() {
    return blockSizes == null ? 1 : blockSizes.minimum();
  }

  /** True if the export is read-only. */
  public boolean isReadOnly() {
    return has(TransmissionFlags.READ_ONLY);
  }

  /** True if seeking is slow. */
  public boolean isRotational() {
    return has(TransmissionFlags.ROTATIONAL);
  }

  /** True if the server supports cache requests. */
  public boolean canCache() {
    return has(TransmissionFlags.SEND_CACHE);
  }

  /** True if the server can send a read in one piece (DF). */
  public boolean canDf() {
    return has(TransmissionFlags.SEND_DF);
  }

  /** True if the server supports fast zero. */
  public boolean canFastZero() {
    return has(TransmissionFlags.SEND_FAST_ZERO);
  }

  /** True if the server supports flush. */
  public boolean canFlush() {
    return has(TransmissionFlags.SEND_FLUSH);
  }

  /** True if the server supports FUA. */
  public boolean canFua() {
    return has(TransmissionFlags.SEND_FUA);
  }

  /** True if a flush on one connection covers the writes of all connections (multi-conn). */
  public boolean canMultiConn() {
    return has(TransmissionFlags.CAN_MULTI_CONN);
  }

  /** True if the server supports trim. */
  public boolean canTrim() {
    return has(TransmissionFlags.SEND_TRIM);
  }

  /** True if the server supports zero requests. */
  public boolean canZero() {
    return has(TransmissionFlags.SEND_WRITE_ZEROES);
  }

  private boolean has(int flag) {
    return (flags & flag) != 0;
  }
}
