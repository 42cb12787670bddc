package org.nbdcore.spi.helpers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.spi.AsyncResult;
import org.nbdcore.spi.CompletionHandler;

class CompletionCombinerTest {

  private static final AsyncResult SUCCESS = () -> {};

  private final List<AsyncResult> results = new ArrayList<>();
  private final List<CompletionHandler> parts = new ArrayList<>();
  private final List<String> blocked = new ArrayList<>();
  private final CompletionCombiner combiner = new CompletionCombiner(results::add);

  private boolean start() throws IOException {
    return combiner.add(parts::add, () -> blocked.add("part"));
  }

  private boolean declined() throws IOException {
    return combiner.add(
        part -> {
          parts.add(part);
          return false;
        },
        () -> blocked.add("part"));
  }

  private boolean failing(Exception failure) throws IOException {
    return combiner.add(
        part -> {
          parts.add(part);
          throw sneaky(failure);
        },
        () -> blocked.add("part"));
  }

  private static IOException sneaky(Exception failure) {
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    return (IOException) failure;
  }

  private static AsyncResult failed(String message) {
    return () -> {
      throw new IOException(message);
    };
  }

  @Test
  void completesOnceWhenTheLastPartIsComplete() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThat(start()).isTrue();
    }
    combiner.finish();
    parts.get(2).completed(SUCCESS);
    parts.get(0).completed(SUCCESS);
    assertThat(results).isEmpty();
    parts.get(1).completed(SUCCESS);
    assertThat(results).hasSize(1);
    results.get(0).join();
    assertThat(blocked).isEmpty();
  }

  @Test
  void doesNotCompleteBeforeAllPartsAreAdded() throws Exception {
    start();
    parts.get(0).completed(SUCCESS);
    start();
    parts.get(1).completed(SUCCESS);
    assertThat(results).isEmpty();
    combiner.finish();
    assertThat(results).hasSize(1);
  }

  @Test
  void aPartThatCompletesTwiceCountsOnce() throws Exception {
    start();
    start();
    combiner.finish();
    parts.get(0).completed(SUCCESS);
    parts.get(0).completed(failed("again"));
    assertThat(results).isEmpty();
    parts.get(1).completed(SUCCESS);
    parts.get(1).completed(SUCCESS);
    parts.get(0).completed(SUCCESS);
    assertThat(results).hasSize(1);
    results.get(0).join();
  }

  @Test
  void failureOfTheEarliestPartIsThrownInAnyOrderOfCompletion() throws Exception {
    for (int i = 0; i < 4; i++) {
      start();
    }
    combiner.finish();
    parts.get(3).completed(failed("three"));
    parts.get(1).completed(failed("one"));
    parts.get(0).completed(SUCCESS);
    parts.get(2).completed(SUCCESS);
    Throwable failure = catchThrowable(results.get(0)::join);
    assertThat(failure).isInstanceOf(IOException.class).hasMessage("one");
    assertThat(failure.getSuppressed()).hasSize(1);
    assertThat(failure.getSuppressed()[0]).hasMessage("three");
  }

  @Test
  void resultOfEachPartIsJoinedOnce() throws Exception {
    int[] joins = new int[2];
    start();
    start();
    combiner.finish();
    for (int i = 0; i < 2; i++) {
      int part = i;
      parts
          .get(i)
          .completed(
              () -> {
                joins[part]++;
                throw new IOException("no");
              });
    }
    assertThat(joins).containsExactly(0, 0); // joined later, by a thread that may block
    assertThatThrownBy(results.get(0)::join).hasMessage("no");
    assertThat(joins).containsExactly(1, 1);
  }

  @Test
  void aFailureThatAllPartsShareHasNoSuppressedExceptions() throws Exception {
    IOException gone = new IOException("gone");
    start();
    start();
    combiner.finish();
    for (CompletionHandler part : parts) {
      part.completed(
          () -> {
            throw gone;
          });
    }
    assertThatThrownBy(results.get(0)::join).isSameAs(gone).hasNoSuppressedExceptions();
  }

  @Test
  void nothingIsStartedIfTheFirstPartIsDeclinedOrFails() throws Exception {
    assertThat(declined()).isFalse();
    assertThat(blocked).isEmpty();
    assertThatThrownBy(() -> failing(new IOException("at once"))).hasMessage("at once");
    assertThatThrownBy(combiner::finish).isInstanceOf(IllegalStateException.class);
    parts.forEach(part -> part.completed(SUCCESS)); // a faulty device may complete them
    assertThat(results).isEmpty();
  }

  @Test
  void declinedLaterPartIsExecutedAsABlockingCall() throws Exception {
    start();
    assertThat(declined()).isTrue();
    assertThat(blocked).containsExactly("part");
    combiner.finish();
    parts.get(1).completed(SUCCESS); // it was declined
    assertThat(results).isEmpty();
    parts.get(0).completed(SUCCESS);
    assertThat(results).hasSize(1);
    results.get(0).join();
  }

  @Test
  void noPartIsStartedAfterOneThatFailsToStart() throws Exception {
    start();
    assertThat(failing(new IllegalStateException("broken"))).isTrue();
    assertThat(start()).isTrue();
    assertThat(parts).hasSize(2);
    combiner.finish();
    assertThat(results).isEmpty();
    parts.get(0).completed(SUCCESS);
    assertThatThrownBy(results.get(0)::join)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("broken");
  }

  @Test
  void aDeclinedPartWhoseBlockingCallFailsFailsTheRequest() throws Exception {
    start();
    combiner.add(
        part -> false,
        () -> {
          throw new IOException("blocking");
        });
    combiner.finish();
    parts.get(0).completed(SUCCESS);
    assertThatThrownBy(results.get(0)::join).hasMessage("blocking");
  }

  @Test
  void aPartThatCompletesWhileItsStartFailsIsComplete() throws Exception {
    combiner.add(
        part -> {
          part.completed(SUCCESS);
          throw new IOException("too late");
        },
        () -> {});
    combiner.finish();
    assertThat(results).hasSize(1);
    results.get(0).join();
  }

  @Test
  @Timeout(60)
  void threadsThatCompletePartsTogetherCompleteTheRequestOnce() throws Exception {
    long seed = 7;
    for (int round = 0; round < 500; round++) {
      AtomicInteger completions = new AtomicInteger();
      CompletionCombiner request = new CompletionCombiner(result -> completions.incrementAndGet());
      List<CompletionHandler> started = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        request.add(started::add, () -> {});
      }
      Collections.shuffle(started, new Random(seed + round));
      CountDownLatch go = new CountDownLatch(1);
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        List<CompletionHandler> own = started.subList(t * 2, t * 2 + 2);
        Thread thread =
            new Thread(
                () -> {
                  go.countDown();
                  own.forEach(part -> part.completed(SUCCESS));
                });
        threads.add(thread);
        thread.start();
      }
      go.await();
      request.finish();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(completions).as("round %d of seed %d", round, seed).hasValue(1);
    }
  }
}
