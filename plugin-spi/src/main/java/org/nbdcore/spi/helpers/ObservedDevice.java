package org.nbdcore.spi.helpers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.RequestType;

/** Reports the start and the end of each request, on every path, to an observer. */
final class ObservedDevice extends PassThroughDevice {

  private final RequestObserver observer;
  private final Set<RequestType> types;

  ObservedDevice(BlockDevice next, RequestObserver observer, Set<RequestType> types) {
    super(next);
    this.observer = observer;
    this.types = EnumSet.copyOf(types);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    if (!types.contains(RequestType.READ)) {
      next.read(dst, offset);
      return;
    }
    int length = dst.remaining();
    long started = observer.started(RequestType.READ, offset, length);
    boolean succeeded = false;
    try {
      next.read(dst, offset);
      succeeded = true;
    } finally {
      observer.completed(RequestType.READ, offset, length, started, succeeded);
    }
  }

  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    if (!types.contains(RequestType.READ)) {
      return super.readZeroCopy(offset, length, buffers);
    }
    long started = observer.started(RequestType.READ, offset, length);
    boolean accepted;
    try {
      accepted = super.readZeroCopy(offset, length, buffers);
    } catch (IOException | RuntimeException e) {
      observer.completed(RequestType.READ, offset, length, started, false);
      throw e;
    }
    if (accepted) {
      observer.completed(RequestType.READ, offset, length, started, true);
    }
    return accepted;
  }

  @Override
  public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler handler)
      throws IOException {
    if (!types.contains(RequestType.READ)) {
      return super.readAsync(dst, offset, handler);
    }
    Request read = new Request(handler, RequestType.READ, offset, dst.remaining());
    try {
      return super.readAsync(dst, offset, read);
    } catch (IOException | RuntimeException e) {
      read.afterCompletion(false);
      throw e;
    }
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    if (!types.contains(RequestType.WRITE)) {
      next.write(src, offset, flags);
      return;
    }
    int length = src.remaining();
    long started = observer.started(RequestType.WRITE, offset, length);
    boolean succeeded = false;
    try {
      next.write(src, offset, flags);
      succeeded = true;
    } finally {
      observer.completed(RequestType.WRITE, offset, length, started, succeeded);
    }
  }

  @Override
  public boolean writeAsync(ByteBuffer src, long offset, Flags flags, CompletionHandler handler)
      throws IOException {
    if (!types.contains(RequestType.WRITE)) {
      return super.writeAsync(src, offset, flags, handler);
    }
    Request write = new Request(handler, RequestType.WRITE, offset, src.remaining());
    try {
      return super.writeAsync(src, offset, flags, write);
    } catch (IOException | RuntimeException e) {
      write.afterCompletion(false);
      throw e;
    }
  }

  /** An asynchronous request. */
  private final class Request extends ForwardingCompletionHandler {
    private final RequestType type;
    private final long offset;
    private final int length;
    private final long started;

    Request(CompletionHandler handler, RequestType type, long offset, int length) {
      super(handler);
      this.type = type;
      this.offset = offset;
      this.length = length;
      this.started = observer.started(type, offset, length);
    }

    @Override
    protected void afterCompletion(boolean succeeded) {
      observer.completed(type, offset, length, started, succeeded);
    }
  }

  @Override
  public void flush() throws IOException {
    if (!types.contains(RequestType.FLUSH)) {
      next.flush();
      return;
    }
    long started = observer.started(RequestType.FLUSH, 0, 0);
    boolean succeeded = false;
    try {
      next.flush();
      succeeded = true;
    } finally {
      observer.completed(RequestType.FLUSH, 0, 0, started, succeeded);
    }
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    if (!types.contains(RequestType.TRIM)) {
      next.trim(offset, length, flags);
      return;
    }
    long started = observer.started(RequestType.TRIM, offset, length);
    boolean succeeded = false;
    try {
      next.trim(offset, length, flags);
      succeeded = true;
    } finally {
      observer.completed(RequestType.TRIM, offset, length, started, succeeded);
    }
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    if (!types.contains(RequestType.ZERO)) {
      next.zero(offset, length, flags);
      return;
    }
    long started = observer.started(RequestType.ZERO, offset, length);
    boolean succeeded = false;
    try {
      next.zero(offset, length, flags);
      succeeded = true;
    } finally {
      observer.completed(RequestType.ZERO, offset, length, started, succeeded);
    }
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    if (!types.contains(RequestType.EXTENTS)) {
      next.extents(offset, length, flags, sink);
      return;
    }
    long started = observer.started(RequestType.EXTENTS, offset, length);
    boolean succeeded = false;
    try {
      next.extents(offset, length, flags, sink);
      succeeded = true;
    } finally {
      observer.completed(RequestType.EXTENTS, offset, length, started, succeeded);
    }
  }

  @Override
  public void metaContextExtents(
      String context, long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    if (!types.contains(RequestType.EXTENTS)) {
      super.metaContextExtents(context, offset, length, flags, sink);
      return;
    }
    long started = observer.started(RequestType.EXTENTS, offset, length);
    boolean succeeded = false;
    try {
      super.metaContextExtents(context, offset, length, flags, sink);
      succeeded = true;
    } finally {
      observer.completed(RequestType.EXTENTS, offset, length, started, succeeded);
    }
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    if (!types.contains(RequestType.CACHE)) {
      next.cache(offset, length);
      return;
    }
    long started = observer.started(RequestType.CACHE, offset, length);
    boolean succeeded = false;
    try {
      next.cache(offset, length);
      succeeded = true;
    } finally {
      observer.completed(RequestType.CACHE, offset, length, started, succeeded);
    }
  }
}
