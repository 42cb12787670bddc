package org.nbdcore.server.transmission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.server.FakeWire;
import org.nbdcore.server.memory.ConnectionBudget;
import org.nbdcore.server.memory.Slab;
import org.nbdcore.server.memory.SlabPool;

@Timeout(30)
final class ReplyQueueTest {

  private static final int KEPT = 256;

  private final FakeWire wire = new FakeWire();
  private final SlabPool pool = new SlabPool(1L << 27, 0, wanted -> {});
  private final ConnectionBudget allowance = new ConnectionBudget(pool);
  private final ReplyQueue replyQueue = new ReplyQueue(wire, allowance, new RequestPool(true));
  private CompletableFuture<Void> writer;

  private interface Body {
    void run() throws IOException;
  }

  private static CompletableFuture<Void> async(Body body) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    new Thread(
            () -> {
              try {
                body.run();
                done.complete(null);
              } catch (IOException | RuntimeException | Error e) {
                done.completeExceptionally(e);
              }
            })
        .start();
    return done;
  }

  private void send(int number) throws IOException {
    Slab slab = allowance.acquire(4096);
    slab.bytes.putInt(0, number);
    replyQueue.send(slab.view(0, 4), slab);
  }

  /** One thread is writing to a client that takes nothing. */
  @BeforeEach
  void beginToWrite() throws Exception {
    writer = async(() -> send(0));
    wire.writing.await();
  }

  @AfterEach
  void everythingIsGivenBack() {
    assertThat(pool.inUse()).isZero();
  }

  @Test
  void othersLeaveTheirRepliesToTheWriterInOrder() throws Exception {
    for (int i = 1; i <= KEPT; i++) {
      send(i);
    }
    assertThat(replyQueue.begin()).isFalse();
    wire.take();
    writer.get();
    ByteBuffer taken = ByteBuffer.wrap(wire.taken());
    for (int i = 0; i <= KEPT; i++) {
      assertThat(taken.getInt()).isEqualTo(i);
    }
    assertThat(taken.hasRemaining()).isFalse();
    assertThat(replyQueue.begin()).isTrue();
    replyQueue.end();
  }

  @Test
  void senderBlocksWhileTheQueueIsFull() throws Exception {
    for (int i = 1; i <= KEPT; i++) {
      send(i);
    }
    CompletableFuture<Void> more = async(() -> send(KEPT + 1));
    assertThatThrownBy(() -> more.get(100, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    wire.take();
    writer.get();
    more.get();
    assertThat(wire.taken()).hasSize((KEPT + 2) * 4);
  }

  @Test
  void whenTheClientGoesEverybodyLearnsOfIt() throws Exception {
    for (int i = 1; i <= KEPT; i++) {
      send(i);
    }
    CompletableFuture<Void> more = async(() -> send(KEPT + 1));
    wire.leave("gone");
    for (CompletableFuture<Void> each : List.of(writer, more)) {
      assertThatThrownBy(each::get)
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseMessage("gone");
    }
    assertThatThrownBy(() -> send(1)).hasMessage("gone");
  }

  @Test
  void nobodyWaitsForAWriterThatFailedUnexpectedly() throws Exception {
    for (int i = 1; i <= KEPT; i++) {
      send(i);
    }
    CompletableFuture<Void> more = async(() -> send(KEPT + 1));
    wire.breakOff(new AssertionError("planted"));
    for (CompletableFuture<Void> each : List.of(writer, more)) {
      assertThatThrownBy(each::get)
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseMessage("planted");
    }
  }
}
