package org.nbdcore.filter.retryrequest;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.LostWritesException;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;

/** Repeats a failed request as a whole. */
final class RetryRequestDevice extends FilterBlockDevice {

  private static final Log LOG = Log.of("retry-request");

  private interface Call {
    void run() throws IOException;
  }

  private final int retries;
  private final long delayNanos;
  private final Session session;

  RetryRequestDevice(BlockDevice next, int retries, long delayNanos, Session session) {
    super(next);
    this.retries = retries;
    this.delayNanos = delayNanos;
    this.session = session;
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    int start = dst.position();
    int limit = dst.limit();
    retry(Flags.NONE, () -> next.read(dst.limit(limit).position(start), offset));
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    int start = src.position();
    int limit = src.limit();
    retry(flags, () -> next.write(src.limit(limit).position(start), offset, flags));
  }

  @Override
  public void flush() throws IOException {
    retry(Flags.NONE, next::flush);
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    retry(flags, () -> next.trim(offset, length, flags));
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    retry(flags, () -> next.zero(offset, length, flags));
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    retry(Flags.NONE, () -> next.extents(offset, length, flags, sink));
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    retry(Flags.NONE, () -> next.cache(offset, length));
  }

  private void retry(Flags flags, Call call) throws IOException {
    for (int failures = 1; ; failures++) {
      try {
        call.run();
        return;
      } catch (IOException e) {
        if (failures > retries || isFinal(e, flags)) {
          throw e;
        }
        int count = failures;
        LOG.debug(() -> "failure " + count + ", trying again: " + e.getMessage());
        session.sleep(delayNanos);
      }
    }
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
    return notFast || failure instanceof LostWritesException || !session.connected();
  }
}
