package org.nbdcore.filter.common;

import java.io.Closeable;
import java.io.IOException;
import org.nbdcore.spi.BlockDevice;

/** Opening devices without losing one when something fails. */
public final class Layers {

  private Layers() {}

  /** Makes a filter's device around another. */
  @FunctionalInterface
  public interface Wrapper {
    /** Wraps {@code next}, which is closed if this throws. */
    BlockDevice wrap(BlockDevice next) throws IOException;
  }

  /** The wrapped device; {@code next} is closed where it cannot be wrapped. */
  public static BlockDevice wrap(BlockDevice next, Wrapper wrapper) throws IOException {
    try {
      return wrapper.wrap(next);
    } catch (IOException | RuntimeException | Error e) {
      closeAfter(next, e);
      throw e;
    }
  }

  /**
   * Closes each, even if another fails.
   *
   * @throws IOException the first failure, with the others suppressed in it
   */
  public static void closeAll(Iterable<? extends Closeable> all) throws IOException {
    IOException first = null;
    for (Closeable one : all) {
      try {
        one.close();
      } catch (IOException | RuntimeException e) {
        if (first == null) {
          first = e instanceof IOException known ? known : new IOException(e.toString(), e);
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /** Closes {@code device}; a failure to do so is added to the one that came before. */
  public static void closeAfter(BlockDevice device, Throwable failure) {
    try {
      device.close();
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}
