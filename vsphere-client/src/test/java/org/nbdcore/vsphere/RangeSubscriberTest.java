package org.nbdcore.vsphere;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

final class RangeSubscriberTest {

  private final ByteBuffer dst = ByteBuffer.allocate(8);
  private final RangeSubscriber.Target target = new RangeSubscriber.Target(dst);
  private final RangeSubscriber subscriber = new RangeSubscriber(target, true);
  private boolean cancelled;

  RangeSubscriberTest() {
    subscriber.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long count) {}

          @Override
          public void cancel() {
            cancelled = true;
          }
        });
  }

  private static ByteBuffer bytes(int value, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      bytes.put((byte) value);
    }
    return bytes.flip();
  }

  @Test
  void bytesAfterTheEndOfTheCallDoNotReachItsBuffer() {
    subscriber.onNext(List.of(bytes(1, 2), bytes(2, 2)));
    target.release(); // as after a time-out
    dst.put(4, (byte) 9);
    subscriber.onNext(List.of(bytes(3, 4)));
    assertThat(dst.array()).containsExactly(1, 1, 2, 2, 9, 0, 0, 0);
    assertThat(cancelled).isTrue();
    assertThat(subscriber.getBody().toCompletableFuture()).isCompletedExceptionally();
  }

  @Test
  void responseLongerThanTheRangeIsRefused() {
    subscriber.onNext(List.of(bytes(1, 8), bytes(2, 1)));
    assertThat(dst.array()).containsOnly(1);
    assertThat(dst.position()).isZero();
    assertThat(cancelled).isTrue();
  }
}
