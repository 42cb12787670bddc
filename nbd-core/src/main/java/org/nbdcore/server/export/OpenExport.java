package org.nbdcore.server.export;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.nbdcore.protocol.TransmissionFlags;
import org.nbdcore.server.failure.CloseQuietly;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CapabilityDevice;
import org.nbdcore.spi.MetaContextDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ThreadModel;

/** The open device of a connection, with its properties, which are queried once. Immutable. */
public final class OpenExport implements Closeable {

  /** Maximum length of a read or write, in bytes. */
  public static final int MAX_PAYLOAD = 1 << 26;

  /**
   * Maximum length of a meta context's name, in characters; at most 4096 bytes, as the protocol
   * requires.
   */
  private static final int LONGEST_CONTEXT = 1024;

  public final String name;
  final BlockDevice device;

  /** The device for data operations: without the devices that only change capabilities. */
  public final BlockDevice data;

  public final long size;
  public final Capabilities capabilities;
  public final BlockSizes blockSizes; // as reported to the client
  public final long maxPayload; // maximum length that the device accepts
  public final boolean readOnly;
  public final Optional<String> description;

  /** The names of the meta contexts of the device, in addition to {@code base:allocation}. */
  public final List<String> ownContexts;

  /** The locks to take for each call of the device. */
  public final RequestLocks locks;

  private OpenExport(
      String name, BlockDevice device, boolean readOnly, ThreadModel model, RequestLocks locks)
      throws IOException {
    this.name = name;
    this.locks = locks;
    this.device = device;
    size = device.size();
    if (size < 0) {
      throw new NbdException(NbdError.EIO, "the disk says that its size is " + size);
    }
    Capabilities claimed = device.capabilities();
    // with one connection at a time, a second one would wait until the first one ends
    boolean oneConnection = model == ThreadModel.SERIALIZE_CONNECTIONS;
    capabilities = oneConnection ? claimed.withMultiConn(false) : claimed;
    data = withoutCapabilityDevices(device);
    this.readOnly = readOnly || !capabilities.write();
    maxPayload =
        capabilities.lenient()
            ? MAX_PAYLOAD
            : Math.min(capabilities.blockSizes().maximum(), MAX_PAYLOAD);
    blockSizes = advertised(capabilities.blockSizes());
    description = device.description();
    ownContexts = device instanceof MetaContextDevice owner ? checked(owner) : List.of();
  }

  /** Checks the names of the device's meta contexts against the rules of the protocol. */
  private static List<String> checked(MetaContextDevice device) throws IOException {
    List<String> names = List.copyOf(device.metaContexts());
    if (names.size() >= SelectedContexts.MAX_CONTEXTS) {
      throw new NbdException(
          NbdError.EIO,
          "the disk has "
              + names.size()
              + " meta contexts; at most "
              + (SelectedContexts.MAX_CONTEXTS - 1)
              + " are possible");
    }
    for (String name : names) {
      int colon = name.indexOf(':');
      boolean named = colon > 0 && colon < name.length() - 1;
      if (!named || name.length() > LONGEST_CONTEXT || name.startsWith("base:")) {
        throw new NbdException(
            NbdError.EIO,
            "the disk's meta context '" + name + "' must have the form namespace:name, not base:");
      }
    }
    return names;
  }

  private static BlockDevice withoutCapabilityDevices(BlockDevice device) {
    BlockDevice unwrapped = device;
    while (unwrapped instanceof CapabilityDevice wrapper) {
      unwrapped = wrapper.next();
    }
    return unwrapped;
  }

  /**
   * The block sizes to report to the client, adapted to the limits of the server and the rules of
   * the protocol. If the device sets no block sizes, the maximum is the server's limit. If the
   * device explicitly sets "no limit", that is reported.
   */
  private static BlockSizes advertised(BlockSizes sizes) {
    if (sizes.maximum() == BlockSizes.UNLIMITED && !sizes.equals(BlockSizes.DEFAULT)) {
      return sizes;
    }
    long maximum = Math.min(sizes.maximum(), MAX_PAYLOAD);
    int lowest = Math.max(512, sizes.minimum());
    int preferred = sizes.preferred();
    while (preferred > maximum && preferred > lowest) {
      preferred >>= 1;
    }
    return BlockSizes.of(sizes.minimum(), preferred, Math.max(preferred, maximum));
  }

  /** Opens the export that {@code request} names. If this fails, it closes what it has opened. */
  public static OpenExport open(Backend top, OpenRequest request, RequestLocks locks)
      throws IOException {
    locks.enter();
    try {
      BlockDevice device = top.open(request);
      try {
        return new OpenExport(
            request.exportName(), device, request.readOnly(), top.threadModel(), locks);
      } catch (IOException | RuntimeException | Error e) {
        CloseQuietly.quietly(device);
        throw e;
      }
    } finally {
      locks.exit();
    }
  }

  /** The transmission flags for the client (protocol, "Transmission flags"). */
  public int transmissionFlags(NegotiatedOptions negotiated) {
    Capabilities can = capabilities;
    int flags = TransmissionFlags.HAS_FLAGS;
    flags |= can.rotational() ? TransmissionFlags.ROTATIONAL : 0;
    flags |= can.flush() ? TransmissionFlags.SEND_FLUSH : 0;
    flags |= can.multiConn() ? TransmissionFlags.CAN_MULTI_CONN : 0;
    flags |= can.cache() != Support.NONE ? TransmissionFlags.SEND_CACHE : 0;
    flags |= negotiated.structured() ? TransmissionFlags.SEND_DF : 0;
    flags |=
        negotiated.extended() && !negotiated.contexts().isEmpty()
            ? TransmissionFlags.BLOCK_STATUS_PAYLOAD
            : 0;
    if (readOnly) {
      return flags | TransmissionFlags.READ_ONLY;
    }
    flags |= can.fua() != Support.NONE ? TransmissionFlags.SEND_FUA : 0;
    flags |= can.trim() ? TransmissionFlags.SEND_TRIM : 0;
    if (can.zero() != Support.NONE) {
      flags |= TransmissionFlags.SEND_WRITE_ZEROES;
      flags |= can.fastZero() ? TransmissionFlags.SEND_FAST_ZERO : 0;
    }
    return flags;
  }

  @Override
  public void close() throws IOException {
    locks.enter();
    try {
      device.close();
    } finally {
      locks.exit();
    }
  }
}
