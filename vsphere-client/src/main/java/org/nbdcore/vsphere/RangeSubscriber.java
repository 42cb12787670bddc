package org.nbdcore.vsphere;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Puts the body of an answer straight into a buffer, which it has to fill exactly. */
final class RangeSubscriber implements HttpResponse.BodySubscriber<Void> {

  private final ByteBuffer dst;
  private final boolean wanted;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private Flow.Subscription subscription;

  /**
   * Creates a subscriber.
   *
   * @param wanted false to throw the body away
   */
  RangeSubscriber(ByteBuffer dst, boolean wanted) {
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
      if (part.remaining() > dst.remaining()) {
        subscription.cancel();
        done.completeExceptionally(
            new VsphereException("the server sends more than the range that was asked for"));
        return;
      }
      dst.put(part);
    }
  }

  @Override
  public void onError(Throwable failure) {
    done.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    if (dst.hasRemaining()) {
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
