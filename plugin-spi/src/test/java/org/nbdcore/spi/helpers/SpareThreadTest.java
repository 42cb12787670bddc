package org.nbdcore.spi.helpers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class SpareThreadTest {

  @Test
  void spareThreadLivesUntilItIsClosed() {
    SpareThread spare = SpareThread.start();
    assertThat(spare.isAlive()).isTrue();
    spare.close();
    while (spare.isAlive()) {
      Thread.onSpinWait();
    }
  }

  /** A thread that counts the spare threads when it is started. */
  private static final class Starting extends Thread {
    private final AtomicLong spares = new AtomicLong();
    private final boolean possible;

    Starting(boolean possible) {
      this.possible = possible;
    }

    @Override
    public synchronized void start() {
      spares.set(aliveSpares());
      if (!possible) {
        throw new OutOfMemoryError("unable to create native thread");
      }
      super.start();
    }

    static long aliveSpares() {
      return getAllStackTraces().keySet().stream()
          .filter(thread -> thread.getName().equals("nbd-spare"))
          .count();
    }
  }

  @Test
  void spareThreadExistsWhileAnotherThreadStarts() {
    Starting thread = new Starting(true);
    SpareThread.startUnlessLast(thread);
    assertThat(thread.spares.get()).isPositive();
    awaitNone();
  }

  @Test
  void spareThreadEndsAlsoIfTheOtherThreadCannotStart() {
    assertThatThrownBy(() -> SpareThread.startUnlessLast(new Starting(false)))
        .isInstanceOf(OutOfMemoryError.class);
    awaitNone();
  }

  private static void awaitNone() {
    while (Starting.aliveSpares() > 0) {
      Thread.onSpinWait();
    }
  }
}
