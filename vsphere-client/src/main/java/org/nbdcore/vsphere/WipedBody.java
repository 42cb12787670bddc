package org.nbdcore.vsphere;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;

/**
 * The body of a request, sent from the caller's array. The JDK's publishers send copies, which
 * cannot be overwritten.
 */
final class WipedBody implements BodyPublisher {

  private final byte[] bytes;

  WipedBody(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public long contentLength() {
    return bytes.length;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    subscriber.onSubscribe(
        new Flow.Subscription() {
          private boolean sent;

          @Override
          public void request(long count) {
            if (!sent) {
              sent = true;
              subscriber.onNext(ByteBuffer.wrap(bytes));
              subscriber.onComplete();
            }
          }

          @Override
          public void cancel() {
            sent = true;
          }
        });
  }
}
