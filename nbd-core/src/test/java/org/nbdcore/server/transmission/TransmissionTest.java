package org.nbdcore.server.transmission;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.server.FakeWire;
import org.nbdcore.server.WatchedDevice;
import org.nbdcore.server.export.NegotiatedOptions;
import org.nbdcore.server.export.SelectedContexts;
import org.nbdcore.server.memory.ConnectionBudget;
import org.nbdcore.server.memory.ExportBudget;
import org.nbdcore.server.memory.Slab;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.testkit.ModelDevice;

/** Cases that a client cannot cause at will: a disconnect at a certain moment, no more threads. */
@Timeout(30)
final class TransmissionTest extends TransmissionFixture {

  @Test
  void aQueuedWriteReleasesItsMemoryWhenTheClientDisconnects() throws Exception {
    FakeWire wire = new FakeWire(requests(0, 512)); // a length of 0 is answered with an error
    wire.disconnect("gone");
    Transmission transmission = transmission(wire, nth -> {});
    transmission.speed.overtaken(); // requests go to workers
    transmission.begin(transmission.pool.acquire(Receiver.SLAB), 0, 0);
    assertThat(threads).isEmpty();
    assertThat(pool.inUse()).isZero();
    assertThat(ends).hasValue(1);
  }

  @Test
  void aReceiverContinuesAloneIfNoThreadCanTakeOver() throws Exception {
    FakeWire wire = new FakeWire(requests(512, 512, 0, 512));
    wire.end();
    transmission(
        wire,
        nth -> {
          outOfThreads = true;
          overtake(self);
        });
    self.begin(self.pool.acquire(Receiver.SLAB), 0, 0);
    assertThat(wire.received()).as("four replies").hasSize(4 * 16);
    assertThat(pool.inUse()).isZero();
    assertThat(ends).hasValue(1);
  }

  @Test
  void theReceiverExecutesRequestsIfNoWorkerCanStart() throws Exception {
    FakeWire wire = new FakeWire(requests(512, 512));
    wire.end();
    outOfThreads = true;
    Transmission transmission = transmission(wire, nth -> {});
    transmission.speed.overtaken();
    transmission.begin(transmission.pool.acquire(Receiver.SLAB), 0, 0);
    assertThat(wire.received()).as("two replies").hasSize(2 * 16);
    assertThat(pool.inUse()).isZero();
    assertThat(ends).hasValue(1);
  }

  /** Starts asynchronous writes, which complete at once. */
  private static final class CompletesAtOnce extends PassThroughDevice {

    CompletesAtOnce() {
      super(new ModelDevice(4096));
    }

    @Override
    public boolean prefersAsync() {
      return true;
    }

    @Override
    public boolean writeAsync(
        ByteBuffer src, long offset, Flags flags, CompletionHandler completion) {
      completion.completed(() -> {});
      return true;
    }
  }

  @Test
  void asyncRequestsReleaseTheirMemoryIfNoReplyCanBeSent() throws Exception {
    FakeWire wire = new FakeWire(requests(512, 512, 512));
    wire.failWrites(new AssertionError("no answer can be sent"));
    Transmission transmission = transmission(wire, new CompletesAtOnce());
    transmission.begin(transmission.pool.acquire(Receiver.SLAB), 0, 0);
    assertThat(pool.inUse()).isEqualTo(3 * 4096); // until the answering thread has run
    assertThat(ends).hasValue(0);
    threads.remove().run();
    assertThat(threads).isEmpty();
    assertThat(pool.inUse()).isZero();
    assertThat(ends).hasValue(1);
  }

  /**
   * Otherwise the server would drop this client first, although the client does not cause the wait.
   */
  @Test
  void aWriteThatWaitsForMemoryHasNotStalled() throws Exception {
    int length = 4 * Receiver.SLAB;
    FakeWire wire = new FakeWire(ByteBuffer.allocate(length));
    Transmission transmission = transmission(wire, nth -> {});
    ConnectionBudget others = new ConnectionBudget(pool);
    Slab[] all = {others.acquireNow(1 << 26), others.acquireNow(1 << 26)};
    List<Long> seen = new ArrayList<>();
    reclaim =
        () -> {
          seen.add(transmission.stalledNanos());
          seen.add(transmission.transferNanos());
          others.release(all[0]);
          others.release(all[1]);
          reclaim = () -> {};
        };
    ReceiveBuffer input =
        new ReceiveBuffer(
            transmission,
            new ReplyBatch(transmission),
            transmission.pool.acquireNow(Receiver.SLAB),
            0,
            0);
    Slab payload = input.receive(transmission.pool.acquireNow(4096), length);
    assertThat(seen).as("stalled and transfer time during the wait").hasSize(2);
    assertThat(seen.get(0)).isZero();
    assertThat(seen.get(1)).isPositive();
    assertThat(transmission.transferNanos()).as("once it is there").isZero();
    transmission.pool.release(payload);
    input.discard();
    assertThat(pool.inUse()).isZero();
  }

  private static final NegotiatedOptions STRUCTURED =
      new NegotiatedOptions(true, false, SelectedContexts.NONE);

  /**
   * Another connection may hold the memory until its client continues, which may wait for this
   * reply.
   */
  @Test
  void repliesAreSentBeforeTheReceiverWaitsForMemory() throws Exception {
    int length = 1 << 16;
    FakeWire wire = new FakeWire(reads(512, length));
    wire.end();
    Slab[] theirs = new Slab[1];
    ConnectionBudget[] other = new ConnectionBudget[1];
    List<Integer> sent = new ArrayList<>();
    limit =
        new ExportBudget(
            length,
            (who, bytes) -> {
              sent.add(wire.received().length);
              other[0].release(theirs[0]);
            });
    other[0] = new ConnectionBudget(pool, limit);
    theirs[0] = other[0].acquire(length);
    Transmission transmission = transmission(wire, new ModelDevice(1 << 20));
    transmission.begin(transmission.pool.acquireBase(Receiver.SLAB), 0, 0);
    assertThat(sent).as("bytes of the reply to the first request").containsExactly(16 + 512);
    assertThat(wire.received()).hasSize(16 + 512 + 16 + length);
    assertThat(pool.inUse()).isZero();
  }

  /** A message of an error needs memory of its own in a reply that a worker sends. */
  @Test
  void anErrorIsSentWithoutItsMessageIfThereIsNoMemoryForIt() throws Exception {
    FakeWire wire = new FakeWire(reads(512));
    wire.end();
    WatchedDevice.Before fails =
        nth -> {
          shortage = size -> true;
          throw new NbdException(NbdError.ENOSPC, "m".repeat(1000));
        };
    Transmission transmission =
        transmission(
            wire,
            new WatchedDevice(new ModelDevice(4096), new WatchedDevice.Meter(), fails),
            STRUCTURED);
    transmission.speed.overtaken(); // requests go to workers
    transmission.begin(transmission.pool.acquire(Receiver.SLAB), 0, 0);
    threads.remove().run();
    ByteBuffer reply = ByteBuffer.wrap(wire.received());
    assertThat(reply.remaining()).as("a chunk with an error and no message").isEqualTo(20 + 6);
    assertThat(reply.getInt(20)).isEqualTo(NbdError.ENOSPC.wireValue());
    assertThat(pool.inUse()).isZero();
    assertThat(ends).hasValue(1);
  }

  /** A receiver from which another took over cannot use the memory of its batch. */
  @Test
  void aReadFailsWithoutMemoryForItsReplyAndTheConnectionContinues() throws Exception {
    FakeWire wire = new FakeWire(reads(512, 512));
    wire.end();
    transmission(
        wire,
        nth -> {
          if (nth == 1) {
            overtake(self);
            shortage = size -> true;
          }
        });
    self.begin(self.pool.acquire(Receiver.SLAB), 0, 0);
    shortage = size -> false;
    runThreads(); // the other receiver, and its worker
    assertThat(errors(wire, 512)).containsExactly(NbdError.ENOMEM.wireValue(), 0);
    assertThat(pool.inUse()).isZero();
    assertThat(ends).hasValue(1);
  }
}
