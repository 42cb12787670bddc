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
 * Devices made from other devices, and calls that every filter needs. Each method that returns a
 * device makes one that owns the device it was given.
 */
public final class BlockDevices {

  private BlockDevices() {}

  /** A device that calls {@code check} before each request. */
  public static PassThroughDevice checked(BlockDevice next, RequestCheck check) {
    return new CheckedDevice(next, check);
  }

  /** A device that reports each request to {@code observer}. */
  public static PassThroughDevice observed(BlockDevice next, RequestObserver observer) {
    return new ObservedDevice(next, observer, EnumSet.allOf(RequestType.class));
  }

  /** A device that reports requests of some types to {@code observer}. */
  public static PassThroughDevice observed(
      BlockDevice next, Set<RequestType> types, RequestObserver observer) {
    return new ObservedDevice(next, observer, types);
  }

  /**
   * A device that makes each request inside {@code guard}, on one thread. Its reads copy, and all
   * its requests block. {@link BlockDevice#size}, {@link BlockDevice#capabilities} and {@link
   * BlockDevice#description} are not guarded.
   */
  public static BlockDevice guarded(BlockDevice next, CallGuard guard) {
    return new GuardedDevice(next, guard);
  }

  /**
   * The {@code size} bytes of {@code next} that begin at {@code start}.
   *
   * @param start in bytes; the range must lie within {@code next}
   */
  public static BlockDevice range(BlockDevice next, long start, long size) {
    return new RangeDevice(next, start, size);
  }

  /** A device that runs {@code action} once, after {@code next} is closed. */
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

  /** A device that several users share: closing it leaves {@code next} open. */
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

  /** {@link AsyncBlockDevice#readAsync}; false if {@code device} is not asynchronous. */
  public static boolean readAsync(
      BlockDevice device, ByteBuffer dst, long offset, CompletionHandler handler)
      throws IOException {
    return device instanceof AsyncBlockDevice async && async.readAsync(dst, offset, handler);
  }

  /** {@link AsyncBlockDevice#writeAsync}; false if {@code device} is not asynchronous. */
  public static boolean writeAsync(
      BlockDevice device, ByteBuffer src, long offset, Flags flags, CompletionHandler handler)
      throws IOException {
    return device instanceof AsyncBlockDevice async
        && async.writeAsync(src, offset, flags, handler);
  }

  /** {@link ZeroCopyReadable#readZeroCopy}; false if {@code device} has no zero-copy reads. */
  public static boolean readZeroCopy(
      BlockDevice device, long offset, long length, BufferList buffers) throws IOException {
    return device instanceof ZeroCopyReadable readable
        && readable.readZeroCopy(offset, length, buffers);
  }

  /** The meta contexts of {@code device} beside {@code base:allocation}; none if it has none. */
  public static List<String> metaContexts(BlockDevice device) throws IOException {
    return device instanceof MetaContextDevice owner ? owner.metaContexts() : List.of();
  }

  /**
   * {@link MetaContextDevice#metaContextExtents}.
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

  /** Makes a filter's device around another. */
  @FunctionalInterface
  public interface Wrapper {
    /** Wraps {@code next}. */
    BlockDevice wrap(BlockDevice next) throws IOException;
  }

  /** The device that {@code wrapper} makes; {@code next} is closed if it fails. */
  public static BlockDevice wrap(BlockDevice next, Wrapper wrapper) throws IOException {
    try {
      return wrapper.wrap(next);
    } catch (IOException | RuntimeException | Error e) {
      closeAfter(next, e);
      throw e;
    }
  }

  /**
   * Closes all, even if some fail.
   *
   * @throws IOException the first failure, which has the others as suppressed ones
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

  /** Closes {@code device} after {@code failure}; if that fails too, it is a suppressed failure. */
  public static void closeAfter(BlockDevice device, Throwable failure) {
    try {
      device.close();
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}
