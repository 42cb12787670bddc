package org.nbdcore.server.memory;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import org.nbdcore.log.ServerLog;

/**
 * Direct memory that can be freed at once. Memory of {@link ByteBuffer#allocateDirect} is freed
 * only after a garbage collection. This may take long, because a direct buffer uses only a few
 * bytes of the heap.
 *
 * <p>From Java 22 on, the memory belongs to an arena, and access after {@link #free} throws an
 * exception. On older versions, it is a buffer whose cleaner is called. Neither API exists in all
 * Java versions that nbd-core supports, so both are called by reflection.
 */
abstract class NativeMemory {

  /** A way to allocate memory. */
  private interface Source {
    NativeMemory allocate(int size);
  }

  private static final Source SOURCE = source();

  final ByteBuffer bytes;

  private NativeMemory(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /**
   * Allocates zeroed memory.
   *
   * @throws OutOfMemoryError if the system or the virtual machine's limit for direct memory does
   *     not allow it
   */
  static NativeMemory allocate(int size) {
    return SOURCE.allocate(size);
  }

  /**
   * Returns the memory to the system. Do not use it afterwards.
   *
   * @return false, with nothing changed, if another thread is still using the memory
   */
  abstract boolean free();

  private static Source source() {
    try {
      return Runtime.version().feature() >= 22 ? arenas() : cleaners();
    } catch (ReflectiveOperationException | RuntimeException e) {
      ServerLog.LOG.debug(() -> "memory is freed by the garbage collector only: " + e);
      return size -> new Collected(ByteBuffer.allocateDirect(size));
    }
  }

  private static Source arenas() throws ReflectiveOperationException {
    Class<?> arena = Class.forName("java.lang.foreign.Arena");
    Method begin = arena.getMethod("ofShared");
    Method allocate =
        Class.forName("java.lang.foreign.SegmentAllocator")
            .getMethod("allocate", long.class, long.class);
    Method buffer = Class.forName("java.lang.foreign.MemorySegment").getMethod("asByteBuffer");
    Method close = arena.getMethod("close");
    return size -> {
      Object owner = call(begin, null);
      Object segment = call(allocate, owner, (long) size, 16L);
      return new NativeMemory((ByteBuffer) call(buffer, segment)) {
        @Override
        boolean free() {
          try {
            call(close, owner);
            return true;
          } catch (IllegalStateException e) {
            return false;
          }
        }
      };
    };
  }

  private static Source cleaners() throws ReflectiveOperationException {
    Class<?> type = Class.forName("sun.misc.Unsafe");
    Field field = type.getDeclaredField("theUnsafe");
    field.setAccessible(true);
    Object unsafe = field.get(null);
    Method clean = type.getMethod("invokeCleaner", ByteBuffer.class);
    return size -> {
      ByteBuffer bytes = ByteBuffer.allocateDirect(size);
      return new NativeMemory(bytes) {
        @Override
        boolean free() {
          call(clean, unsafe, bytes);
          return true;
        }
      };
    };
  }

  private static Object call(Method method, Object target, Object... arguments) {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** For a Java version that has neither API: the garbage collector frees the memory. */
  private static final class Collected extends NativeMemory {

    Collected(ByteBuffer bytes) {
      super(bytes);
    }

    @Override
    boolean free() {
      return true;
    }
  }
}
