package org.nbdcore.spi;

import java.io.IOException;
import java.util.Objects;

/**
 * A device that changes the capabilities of the next device and nothing else. The server never
 * calls operations that are not offered. It therefore calls the next device directly, and such a
 * filter costs nothing per request.
 */
public final class CapabilityDevice extends PassThroughDevice {

  private final Capabilities capabilities;

  private CapabilityDevice(BlockDevice next, Capabilities capabilities) {
    super(next);
    this.capabilities = Objects.requireNonNull(capabilities);
  }

  /**
   * Changes the capabilities of {@code next}.
   *
   * @param change must not add an operation that {@code next} does not support and the server
   *     cannot emulate
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
   * Replaces the capabilities of {@code next}.
   *
   * @param capabilities must not add an operation that {@code next} does not support and the server
   *     cannot emulate
   * @return a device that owns {@code next}
   */
  public static CapabilityDevice of(BlockDevice next, Capabilities capabilities) {
    return new CapabilityDevice(next, capabilities);
  }

  /** The change of the capabilities. */
  @FunctionalInterface
  public interface Change {
    /**
     * Returns the capabilities to offer.
     *
     * @param below the capabilities of the next device
     */
    Capabilities apply(Capabilities below) throws IOException;
  }

  /** The next device, which executes the requests. */
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
