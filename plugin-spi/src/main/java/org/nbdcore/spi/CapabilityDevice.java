package org.nbdcore.spi;

import java.io.IOException;
import java.util.Objects;

/**
 * A device that offers something else than the next one and leaves its data alone. The server never
 * calls operations that are not offered, so it calls the next device directly: such a filter costs
 * nothing per request.
 */
public final class CapabilityDevice extends PassThroughDevice {

  private final Capabilities capabilities;

  private CapabilityDevice(BlockDevice next, Capabilities capabilities) {
    super(next);
    this.capabilities = Objects.requireNonNull(capabilities);
  }

  /**
   * Changes what {@code next} offers.
   *
   * @param change a conversion that does not add what {@code next} cannot do or emulate
   * @return a device that owns {@code next}; {@code next} is closed if this fails
   */
  public static CapabilityDevice of(BlockDevice next, Change change) throws IOException {
    try {
      return new CapabilityDevice(next, change.apply(next.capabilities()));
    } catch (IOException | RuntimeException e) {
      try {
        next.close();
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /**
   * Offers {@code capabilities}, which do not add what {@code next} cannot do or emulate.
   *
   * @return a device that owns {@code next}
   */
  public static CapabilityDevice of(BlockDevice next, Capabilities capabilities) {
    return new CapabilityDevice(next, capabilities);
  }

  /** The change of the capabilities. */
  @FunctionalInterface
  public interface Change {
    /** Given what the next device can do, says what is offered. */
    Capabilities apply(Capabilities below) throws IOException;
  }

  /** The device that does the work. */
  public BlockDevice next() {
    return next;
  }

  @Override
  public Capabilities capabilities() {
    return capabilities;
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    if (capabilities.extents()) {
      next.extents(offset, length, flags, sink);
    } else {
      sink.add(offset, length, ExtentSink.DATA);
    }
  }
}
