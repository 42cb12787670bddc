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

  /** Text for a person, possibly empty; it may hold any character. */
  public String description() {
    return description;
  }

  /** Size in bytes. */
  public long size() {
    return size;
  }

  /** The transmission flags as they came: {@link TransmissionFlags}. */
  public int flags() {
    return flags;
  }

  /**
   * Size constraints, or null if the server advertised none. A preferred block size that the
   * protocol does not allow is replaced by the nearest that it does, and the maximum is rounded
   * down to a multiple of the minimum.
   */
  public @Nullable BlockSizes blockSizes() {
    return blockSizes;
  }

  /** Meta contexts that were chosen, in the server's order; empty if there are none. */
  public List<String> metaContexts() {
    return metaContexts;
  }

  /** The smallest unit of offsets and lengths, in bytes; 1 if none was advertised. */
  public int minimumBlockSize() {
    return blockSizes == null ? 1 : blockSizes.minimum();
  }

  /** Whether writing fails. */
  public boolean isReadOnly() {
    return has(TransmissionFlags.READ_ONLY);
  }

  /** Whether seeking is slow. */
  public boolean isRotational() {
    return has(TransmissionFlags.ROTATIONAL);
  }

  /** Whether caching can be asked for. */
  public boolean canCache() {
    return has(TransmissionFlags.SEND_CACHE);
  }

  /** Whether a read can be kept in one piece. */
  public boolean canDf() {
    return has(TransmissionFlags.SEND_DF);
  }

  /** Whether zeroing can be asked to be quick or to fail. */
  public boolean canFastZero() {
    return has(TransmissionFlags.SEND_FAST_ZERO);
  }

  /** Whether it can be flushed. */
  public boolean canFlush() {
    return has(TransmissionFlags.SEND_FLUSH);
  }

  /** Whether forced unit access works. */
  public boolean canFua() {
    return has(TransmissionFlags.SEND_FUA);
  }

  /** Whether several connections see each other's writes and flushes. */
  public boolean canMultiConn() {
    return has(TransmissionFlags.CAN_MULTI_CONN);
  }

  /** Whether it can be trimmed. */
  public boolean canTrim() {
    return has(TransmissionFlags.SEND_TRIM);
  }

  /** Whether zeroes can be written without sending them. */
  public boolean canZero() {
    return has(TransmissionFlags.SEND_WRITE_ZEROES);
  }

  private boolean has(int flag) {
    return (flags & flag) != 0;
  }
}
