package org.nbdcore.spi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pass-through device: forwards all requests unchanged to the next device, also zero-copy and
 * asynchronous ones, so the filter costs nothing for them. It offers the meta contexts of the next
 * device too.
 *
 * <p>Do not extend it to change or delay what is read: a zero-copy read would bypass {@link #read}.
 * To change or delay writes only, override {@link #write} and {@link #writeAsync} together. To
 * check or observe every request, use {@link org.nbdcore.spi.helpers.BlockDevices#checked} or
 * {@link org.nbdcore.spi.helpers.BlockDevices#observed}, which cover all paths.
 */
public abstract class PassThroughDevice extends FilterBlockDevice
    implements ZeroCopyReadable, AsyncBlockDevice, MetaContextDevice {

  // Looked up once: a type check per request against two interfaces is slow before Java 23
  private final @Nullable ZeroCopyReadable
      zeroCopy; // null if the next device has no zero-copy reads
  private final @Nullable AsyncBlockDevice async; // null if the next device is not asynchronous

  /** Wraps {@code next}, which this device owns from now on. */
  protected PassThroughDevice(BlockDevice next) {
    super(next);
    zeroCopy = next instanceof ZeroCopyReadable device ? device : null;
    async = next instanceof AsyncBlockDevice device ? device : null;
  }

  @Experimental
  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    return zeroCopy != null && zeroCopy.readZeroCopy(offset, length, buffers);
  }

  @Experimental
  @Override
  public boolean prefersAsync() {
    return async != null && async.prefersAsync();
  }

  @Experimental
  @Override
  public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler handler)
      throws IOException {
    return async != null && async.readAsync(dst, offset, handler);
  }

  @Experimental
  @Override
  public boolean writeAsync(ByteBuffer src, long offset, Flags flags, CompletionHandler handler)
      throws IOException {
    return async != null && async.writeAsync(src, offset, flags, handler);
  }

  @Experimental
  @Override
  public List<String> metaContexts() throws IOException {
    return next instanceof MetaContextDevice owner ? owner.metaContexts() : List.of();
  }

  @Experimental
  @Override
  public void metaContextExtents(
      String context, long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    if (!(next instanceof MetaContextDevice owner)) {
      throw new NbdException(NbdError.EINVAL, "the disk has no meta context " + context);
    }
    owner.metaContextExtents(context, offset, length, flags, sink);
  }
}
