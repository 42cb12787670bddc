package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OptionalThreadTest {

  @Test
  void theThreadIsADaemonWithItsName() throws Exception {
    CompletableFuture<Thread> started = new CompletableFuture<>();
    OptionalThread.start("nbd-test", () -> started.complete(Thread.currentThread()));
    Thread thread = started.get(1, TimeUnit.MINUTES);
    assertThat(thread.getName()).isEqualTo("nbd-test");
    assertThat(thread.isDaemon()).isTrue();
  }

  /** A system may limit the number of threads. */
  @Test
  void aThreadThatCannotBeStartedIsIgnored() {
    assertThatCode(
            () ->
                OptionalThread.start(
                    work ->
                        new Thread(work) {
                          @Override
                          public synchronized void start() {
                            throw new OutOfMemoryError("unable to create native thread");
                          }
                        },
                    () -> {}))
        .doesNotThrowAnyException();
  }
}
