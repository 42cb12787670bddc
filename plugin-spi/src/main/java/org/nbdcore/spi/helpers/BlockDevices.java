package org.nbdcore.spi.helpers;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.nbdcore.spi.AsyncBlockDevice;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.MetaContextDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.RequestType;
import org.nbdcore.spi.ZeroCopyReadable;

/**
 * Devices that wrap other devices, and calls that every filter needs. Except for {@link #shared},
 * each returned device owns the device that it wraps.
 */
public final class BlockDevices {

  private BlockDevices() {}

  /** Returns a device that calls {@code check} before each request, on every path. */
  public static PassThroughDevice checked(BlockDevice next, RequestCheck check) {
    return new CheckedDevice(next, check);
  }

  /**
   * Returns a device that reports the start and the end of each request to {@code observer}, on
   * every path.
   */
  public static PassThroughDevice observed(BlockDevice next, RequestObserver observer) {
    return new ObservedDevice(next, observer, EnumSet.allOf(RequestType.class));
  }

  /** Returns a device that reports requests of the given types to {@code observer}. */
  public static PassThroughDevice observed(
      BlockDevice next, Set<RequestType> types, RequestObserver observer) {
    return new ObservedDevice(next, observer, types);
  }

  /**
   * Returns a device that calls {@code guard} before and after each request, on the thread of the
   * request. It offers no zero-copy and no asynchronous requests. It does not guard {@link
   * BlockDevice#size}, {@link BlockDevice#capabilities} and {@link BlockDevice#description}.
   */
  public static BlockDevice guarded(BlockDevice next, CallGuard guard) {
    return new GuardedDevice(next, guard);
  }

  /**
   * Returns a device whose contents are a range of {@code next}.
   *
   * @param start of the range, in bytes
   * @param size of the range, in bytes; it must end within {@code next}
   */
  public static BlockDevice range(BlockDevice next, long start, long size) {
    return new RangeDevice(next, start, size);
  }

  /** Returns a device that runs {@code action} once, after {@code next} is closed. */
  public static BlockDevice onClose(BlockDevice next, Runnable action) {
    return new PassThroughDevice(next) {
      @Override
      public void close() throws IOException {
        try {
          next.close();
        } finally {
          action.run();
        }
      }
    };
  }

  /**
   * Returns a device whose {@code close} leaves {@code next} open, for a device with several users.
   */
  public static BlockDevice shared(BlockDevice next) {
    return new PassThroughDevice(next) {
      @Override
      public void close() {}
    };
  }

  /** True if {@code device} is asynchronous and currently prefers asynchronous requests. */
  public static boolean prefersAsync(BlockDevice device) {
    return device instanceof AsyncBlockDevice async && async.prefersAsync();
  }

  /**
   * Calls {@link AsyncBlockDevice#readAsync}. Returns false if {@code device} is not asynchronous.
   */
  public static boolean readAsync(
      BlockDevice device, ByteBuffer dst, long offset, CompletionHandler handler)
      throws IOException {
    return device instanceof AsyncBlockDevice async && async.readAsync(dst, offset, handler);
  }

  /**
   * Calls {@link AsyncBlockDevice#writeAsync}. Returns false if {@code device} is not asynchronous.
   */
  public static boolean writeAsync(
      BlockDevice device, ByteBuffer src, long offset, Flags flags, CompletionHandler handler)
      throws IOException {
    return device instanceof AsyncBlockDevice async
        && async.writeAsync(src, offset, flags, handler);
  }

  /**
   * Calls {@link ZeroCopyReadable#readZeroCopy}. Returns false if {@code device} has no zero-copy
   * reads.
   */
  public static boolean readZeroCopy(
      BlockDevice device, long offset, long length, BufferList buffers) throws IOException {
    return device instanceof ZeroCopyReadable readable
        && readable.readZeroCopy(offset, length, buffers);
  }

  /**
   * The meta contexts of {@code device} in addition to {@code base:allocation}. Empty if it has
   * none.
   */
  public static List<String> metaContexts(BlockDevice device) throws IOException {
    return device instanceof MetaContextDevice owner ? owner.metaContexts() : List.of();
  }

  /**
   * Calls {@link MetaContextDevice#metaContextExtents}.
   *
   * @throws NbdException with {@link NbdError#EINVAL} if {@code device} has no meta contexts
   */
  public static void metaContextExtents(
      BlockDevice device, String context, long offset, long length, Flags flags, ExtentSink sink)
      throws IOException {
    if (!(device instanceof MetaContextDevice owner)) {
      throw new NbdException(NbdError.EINVAL, "the disk has no meta context " + context);
    }
    owner.metaContextExtents(context, offset, length, flags, sink);
  }

  /** Creates a filter's device around another device. */
  @FunctionalInterface
  public interface Wrapper {
    /** Wraps {@code next}. */
    BlockDevice wrap(BlockDevice next) throws IOException;
  }

  /**
   * Returns the device that {@code wrapper} creates. If {@code wrapper} fails, closes {@code next}.
   */
  public static BlockDevice wrap(BlockDevice next, Wrapper wrapper) throws IOException {
    try {
      return wrapper.wrap(next);
    } catch (IOException | RuntimeException | Error e) {
      closeAfter(next, e);
      throw e;
    }
  }

  /**
   * Closes all, even if closing some of them fails.
   *
   * @throws IOException the first failure; the others are its suppressed exceptions
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

  /**
   * Closes {@code device} after {@code failure}. If closing fails too, adds that exception to
   * {@code failure} as suppressed.
   */
  public static void closeAfter(BlockDevice device, Throwable failure) {
    try {
      device.close();
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}
