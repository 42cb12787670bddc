package org.nbdcore.filter.retry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.AsyncBlockDevice;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.LostWritesException;
import org.nbdcore.spi.MetaContextDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.ZeroCopyReadable;
import org.nbdcore.spi.helpers.BlockDevices;

/**
 * Repeats failed requests. It repeats a request as a whole, so for the client a write either
 * succeeds or fails, even if an earlier attempt was partly executed.
 */
final class RetryDevice implements AsyncBlockDevice, ZeroCopyReadable, MetaContextDevice {

  private static final Log LOG = Log.of("retry");

  /** An attempt. */
  interface Call {
    void on(BlockDevice device) throws IOException;
  }

  private final Reopener reopener;
  private final ExportContract promise;

  RetryDevice(Reopener reopener, ExportContract promise) {
    this.reopener = reopener;
    this.promise = promise;
  }

  @Override
  public long size() {
    return promise.size();
  }

  @Override
  public Capabilities capabilities() {
    return promise.capabilities();
  }

  @Override
  public Optional<String> description() {
    return promise.description();
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    int start = dst.position();
    int limit = dst.limit();
    retry(false, Flags.NONE, device -> device.read(dst.limit(limit).position(start), offset));
  }

  @Override
  public boolean prefersAsync() {
    Reopener.Opened opened = reopener.enterNow();
    if (opened == null) {
      return false;
    }
    try {
      return BlockDevices.prefersAsync(opened.device());
    } finally {
      reopener.leave(opened);
    }
  }

  @Override
  public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion) {
    Reopener.Opened opened = reopener.enterNow();
    return opened != null
        && new AsyncAttempt(this, reopener, opened, false, dst, offset, Flags.NONE, completion)
            .begin();
  }

  @Override
  public boolean writeAsync(
      ByteBuffer src, long offset, Flags flags, CompletionHandler completion) {
    if (reopener.readOnly()) {
      return false; // write then throws the reason
    }
    Reopener.Opened opened = reopener.enterNow();
    return opened != null
        && new AsyncAttempt(this, reopener, opened, true, src, offset, flags, completion).begin();
  }

  /**
   * If a zero-copy read fails, it adds nothing, and the ordinary read that follows is repeated like
   * any other.
   */
  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    Reopener.Opened opened = reopener.enter();
    if (opened == null) {
      return false;
    }
    DeferredBufferList deferred = new DeferredBufferList();
    try {
      if (!BlockDevices.readZeroCopy(opened.device(), offset, length, deferred)) {
        return false;
      }
    } catch (IOException e) {
      LOG.debug(() -> "zero-copy read at " + offset + ": " + e.getMessage());
      return false;
    } finally {
      reopener.leave(opened);
    }
    deferred.passTo(buffers);
    return true;
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    int start = src.position();
    int limit = src.limit();
    retry(true, flags, device -> device.write(src.limit(limit).position(start), offset, flags));
  }

  @Override
  public void flush() throws IOException {
    retry(true, Flags.NONE, BlockDevice::flush);
    LostWritesException unreported = reopener.takeLoss();
    if (unreported != null) {
      throw unreported;
    }
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    retry(true, flags, device -> device.trim(offset, length, flags));
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    retry(true, flags, device -> device.zero(offset, length, flags));
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    retry(false, Flags.NONE, device -> device.extents(offset, length, flags, sink));
  }

  @Override
  public List<String> metaContexts() {
    return promise.metaContexts();
  }

  @Override
  public void metaContextExtents(
      String context, long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    retry(
        false,
        Flags.NONE,
        device -> BlockDevices.metaContextExtents(device, context, offset, length, flags, sink));
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    retry(false, Flags.NONE, device -> device.cache(offset, length));
  }

  private void retry(boolean writes, Flags flags, Call call) throws IOException {
    retry(writes, flags, call, 0);
  }

  /**
   * Continues after the failure of the first, asynchronous attempt.
   *
   * @param failed the device of the first attempt
   */
  void retry(boolean writes, Flags flags, Call call, Reopener.Opened failed, IOException failure)
      throws IOException {
    retry(writes, flags, call, afterFailure(failed, 1, failure, flags));
  }

  private void retry(boolean writes, Flags flags, Call call, int failedBefore) throws IOException {
    int failures = failedBefore;
    while (true) {
      if (writes && reopener.readOnly()) {
        throw new NbdException(
            NbdError.EPERM, "the disk was reopened for reading only (retry-readonly=true)");
      }
      Reopener.Opened opened = reopener.enter();
      if (opened == null) {
        failures = reopener.reopen(null, failures, null);
        continue;
      }
      IOException failure;
      try {
        call.on(opened.device());
        return;
      } catch (IOException e) {
        failure = e;
      } finally {
        reopener.leave(opened);
      }
      failures = afterFailure(opened, failures + 1, failure, flags);
    }
  }

  private int afterFailure(Reopener.Opened failed, int failures, IOException failure, Flags flags)
      throws IOException {
    reopener.counters().failed();
    if (failures > reopener.policy().retries() || isFinal(failure, flags)) {
      throw failure;
    }
    int failedNow = reopener.reopen(failed, failures, failure);
    reopener.counters().retried();
    return failedNow;
  }

  /**
   * True if the failure must not be retried: it is a valid reply to the request, or the client has
   * disconnected.
   */
  private boolean isFinal(IOException failure, Flags flags) {
    boolean notFast =
        flags.has(Flags.FAST_ZERO)
            && failure instanceof NbdException e
            && e.error() == NbdError.ENOTSUP;
    return notFast || failure instanceof LostWritesException || !reopener.clientConnected();
  }

  @Override
  public void close() throws IOException {
    reopener.close();
  }
}
