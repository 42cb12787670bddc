package org.nbdcore.server.transmission;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nbdcore.protocol.Command;
import org.nbdcore.server.FakeWire;
import org.nbdcore.server.memory.ConnectionBudget;
import org.nbdcore.server.memory.ExportBudget;
import org.nbdcore.server.memory.Slab;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.ZeroCopyReadable;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RawNbdClient;

/** The memory of a read whose call takes long, so that another receiver takes over. */
@Timeout(30)
final class OvertakenReadTest extends TransmissionFixture {

  private static final int LENGTH = 1 << 20;

  /** The result of a zero-copy read. */
  private enum Reply {
    DECLINED,
    IN_MEMORY,
    IN_FILE,
    FAILED
  }

  @TempDir Path folder;

  /** Runs an action during each zero-copy read, and then answers it with the given result. */
  private final class ZeroCopyDevice extends PassThroughDevice implements ZeroCopyReadable {
    private final Reply result;
    private final FileChannel file;
    private final Runnable meanwhile;

    ZeroCopyDevice(Reply result, FileChannel file, Runnable meanwhile) {
      super(new ModelDevice(LENGTH));
      this.result = result;
      this.file = file;
      this.meanwhile = meanwhile;
    }

    @Override
    public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
      meanwhile.run();
      runThreads(); // the next receiver finds the end of the input, so nobody waits for more of it
      switch (result) {
        case DECLINED -> {
          return false;
        }
        case IN_MEMORY -> buffers.add(ByteBuffer.allocateDirect((int) length));
        case IN_FILE -> buffers.addFile(file, offset, length);
        case FAILED -> throw new NbdException(NbdError.ENOSPC, "planned");
      }
      return true;
    }
  }

  private FakeWire serve(Reply result, Runnable meanwhile) throws Exception {
    limit = new ExportBudget(LENGTH, (who, bytes) -> {});
    FakeWire wire = new FakeWire(reads(LENGTH));
    wire.end();
    Path disk = Files.write(folder.resolve("disk"), new byte[LENGTH]);
    try (FileChannel file = FileChannel.open(disk)) {
      transmission(wire, new ZeroCopyDevice(result, file, meanwhile));
      self.begin(self.pool.acquireBase(Receiver.SLAB), 0, 0);
    }
    return wire;
  }

  private void assertNothingInFlight() {
    assertThat(pool.inUse()).isZero();
    ConnectionBudget other = new ConnectionBudget(pool, limit);
    assertThat(other.reserve(LENGTH)).isTrue();
    other.unreserve(LENGTH);
  }

  /** The memory of the read would exceed the limit, because a worker cannot wait for memory. */
  @Test
  void noReceiverTakesOverFromAReadThatExceedsTheExportsLimit() throws Exception {
    List<Integer> started = new ArrayList<>();
    FakeWire wire =
        serve(
            Reply.DECLINED,
            () -> {
              ConnectionBudget other = new ConnectionBudget(pool, limit);
              Slab theirs = other.acquireNow(LENGTH);
              overtake(self);
              started.add(threads.size());
              other.release(theirs); // now the receiver need not wait either
            });
    assertThat(started).as("receivers that took over").containsExactly(0);
    assertThat(errors(wire, LENGTH)).containsExactly(0);
    assertNothingInFlight();
  }

  @ParameterizedTest
  @EnumSource
  void aReadCountsAgainstTheLimitOnceAnotherReceiverTakesOver(Reply result) throws Exception {
    List<Boolean> roomForOthers = new ArrayList<>();
    FakeWire wire =
        serve(
            result,
            () -> {
              overtake(self);
              roomForOthers.add(new ConnectionBudget(pool, limit).reserve(4096));
            });
    assertThat(roomForOthers).containsExactly(false);
    assertThat(errors(wire, LENGTH))
        .containsExactly(result == Reply.FAILED ? NbdError.ENOSPC.wireValue() : 0);
    assertNothingInFlight();
  }

  @Test
  void aReadReservesNoMemoryIfNoThreadCanTakeOver() throws Exception {
    List<Boolean> roomForOthers = new ArrayList<>();
    FakeWire wire =
        serve(
            Reply.DECLINED,
            () -> {
              outOfThreads = true;
              overtake(self);
              ConnectionBudget other = new ConnectionBudget(pool, limit);
              roomForOthers.add(other.reserve(LENGTH));
              other.unreserve(LENGTH);
            });
    assertThat(roomForOthers).containsExactly(true);
    assertThat(errors(wire, LENGTH)).containsExactly(0);
    assertNothingInFlight();
  }

  @Test
  void aReadFailsIfThereIsNoMemoryAfterAnotherReceiverTookOver() throws Exception {
    for (Reply result : List.of(Reply.DECLINED, Reply.IN_MEMORY)) {
      FakeWire wire =
          serve(
              result,
              () -> {
                overtake(self);
                shortage = size -> size == LENGTH;
              });
      assertThat(errors(wire, LENGTH)).containsExactly(NbdError.ENOMEM.wireValue());
      assertNothingInFlight();
      shortage = size -> false;
    }
  }

  /** If the input counted as data, the next request might wait for its own input. */
  @Test
  void theInputOfTheNextReceiverDoesNotCountAgainstTheLimit() throws Exception {
    limit = new ExportBudget(LENGTH, (who, bytes) -> {});
    FakeWire wire =
        new FakeWire(RawNbdClient.requestHeader(0, Command.FLUSH, 1, 0, 0)); // has no data
    wire.end();
    List<Boolean> room = new ArrayList<>();
    transmission(
        wire,
        new PassThroughDevice(new ModelDevice(LENGTH)) {
          @Override
          public void flush() {
            overtake(self);
            room.add(self.pool.reserve(LENGTH));
            self.pool.unreserve(LENGTH);
            room.add(self.pool.reserve(1 << 26)); // half of the budget, the most for one
            self.pool.unreserve(1 << 26);
            assertThat(threads).as("the next receiver").hasSize(1);
            runThreads();
          }
        });
    self.begin(self.pool.acquireBase(Receiver.SLAB), 0, 0);
    assertThat(room).containsExactly(true, true);
    assertThat(errors(wire, 0)).containsExactly(0);
    assertThat(pool.inUse()).isZero();
  }
}
