package org.nbdcore.vsphere;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Writes the body of a response directly into a buffer, which the body must fill exactly. */
final class RangeSubscriber implements HttpResponse.BodySubscriber<Void> {

  /**
   * The caller's buffer, during the call. After a timeout the HTTP client may still deliver data,
   * but the caller owns the buffer again.
   */
  static final class Target {

    private final ByteBuffer dst; // guarded by this
    private boolean released; // guarded by this

    /** Fills {@code dst}, whose position does not change. */
    Target(ByteBuffer dst) {
      this.dst = dst.duplicate();
    }

    /** Returns true if {@code part} fits. Otherwise the buffer stays unchanged. */
    private synchronized boolean put(ByteBuffer part) {
      if (released || part.remaining() > dst.remaining()) {
        return false;
      }
      dst.put(part);
      return true;
    }

    private synchronized int remaining() {
      return dst.remaining();
    }

    /** The buffer does not change after this method has returned. */
    synchronized void release() {
      released = true;
    }
  }

  private final Target dst;
  private final boolean wanted;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private Flow.Subscription subscription;

  /**
   * Creates a subscriber.
   *
   * @param wanted false to discard the body
   */
  RangeSubscriber(Target dst, boolean wanted) {
    this.dst = dst;
    this.wanted = wanted;
  }

  @Override
  public CompletionStage<Void> getBody() {
    return done;
  }

  @Override
  public void onSubscribe(Flow.Subscription value) {
    subscription = value;
    if (wanted) {
      value.request(Long.MAX_VALUE);
    } else {
      value.cancel();
      done.complete(null);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> parts) {
    for (ByteBuffer part : parts) {
      if (!dst.put(part)) {
        subscription.cancel();
        done.completeExceptionally(
            new VsphereException("the server sends more than the range that was asked for"));
        return;
      }
    }
  }

  @Override
  public void onError(Throwable failure) {
    done.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    if (dst.remaining() > 0) {
      done.completeExceptionally(
          new VsphereException(
              "the server sends "
                  + dst.remaining()
                  + " bytes less than the range that was asked for"));
    } else {
      done.complete(null);
    }
  }
}
