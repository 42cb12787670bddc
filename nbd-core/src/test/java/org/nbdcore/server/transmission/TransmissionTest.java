package org.nbdcore.server.transmission;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.log.DebugOnce;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.Magic;
import org.nbdcore.server.FakeWire;
import org.nbdcore.server.QuietLog;
import org.nbdcore.server.WatchedDevice;
import org.nbdcore.server.export.ConnectionSession;
import org.nbdcore.server.export.NegotiatedOptions;
import org.nbdcore.server.export.OpenExport;
import org.nbdcore.server.export.RequestLocks;
import org.nbdcore.server.export.SelectedContexts;
import org.nbdcore.server.memory.ConnectionBudget;
import org.nbdcore.server.memory.PlantedShortage;
import org.nbdcore.server.memory.Slab;
import org.nbdcore.server.memory.SlabPool;
import org.nbdcore.server.wire.Wire;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.spi.ZeroCopyReadable;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.TrackedBackend;

/** What cannot be brought about from outside: a client that goes at one moment, no more threads. */
@Timeout(30)
final class TransmissionTest {

  /** What a thread does that has waited for memory for a while. */
  private Runnable reclaim = () -> {};

  /** Of which sizes there is no memory. */
  private IntPredicate shortage = size -> false;

  private final SlabPool pool =
      PlantedShortage.pool(1L << 27, wanted -> reclaim.run(), size -> shortage.test(size));
  private final CallMonitor monitor = new CallMonitor(pool);
  private final AtomicInteger overs = new AtomicInteger();
  private final Queue<Runnable> threads = new ArrayDeque<>();
  private boolean outOfThreads;

  @BeforeEach
  void quiet() {
    QuietLog.install();
  }

  private void execute(Runnable task) {
    if (outOfThreads) {
      throw new RejectedExecutionException("no more threads");
    }
    threads.add(task);
  }

  private Transmission transmission(Wire wire, WatchedDevice.Before before) throws Exception {
    return transmission(
        wire, new WatchedDevice(new ModelDevice(4096), new WatchedDevice.Meter(), before));
  }

  private Transmission transmission(Wire wire, BlockDevice device) throws Exception {
    return transmission(wire, device, NegotiatedOptions.NONE);
  }

  private Transmission transmission(Wire wire, BlockDevice device, NegotiatedOptions negotiated)
      throws Exception {
    TrackedBackend top = Backends.of(device);
    RequestLocks locks = new RequestLocks(ThreadModel.PARALLEL);
    TransmissionContext context =
        new TransmissionContext(
            pool,
            this::execute,
            monitor,
            new SpinLimit(0, 0),
            new DebugOnce(TransmissionContext.UNFLAGGED_WRITES),
            16);
    ConnectionSession session =
        new ConnectionSession(
            1, Optional.empty(), ConnectionSession.Peer.UNKNOWN, wire::close, () -> {});
    OpenRequest request = OpenRequest.of("", session);
    return new Transmission(
        context,
        wire,
        OpenExport.open(top, request, locks),
        negotiated,
        session,
        null,
        null,
        overs::incrementAndGet);
  }

  private static ByteBuffer requests(int... lengthsOfWrites) {
    ByteBuffer all = ByteBuffer.allocate(10_000);
    for (int length : lengthsOfWrites) {
      all.put(RawNbdClient.requestHeader(0, Command.WRITE, 1, 0, length)).put(new byte[length]);
    }
    return all.flip();
  }

  @Test
  void aWriteThatIsQueuedWhenTheClientGoesGivesBackItsMemory() throws Exception {
    FakeWire wire = new FakeWire(requests(0, 512)); // a length of 0 is answered with an error
    wire.leave("gone");
    Transmission transmission = transmission(wire, nth -> {});
    transmission.speed.stuck(); // requests go to workers
    transmission.begin(transmission.pool.acquire(Receiver.SLAB), 0, 0);
    assertThat(threads).isEmpty();
    assertThat(pool.lent()).isZero();
    assertThat(overs).hasValue(1);
  }

  @Test
  void aConnectionThatCannotBeOvertakenForWantOfThreadsGoesOnAlone() throws Exception {
    FakeWire wire = new FakeWire(requests(512, 512, 0, 512));
    wire.end();
    Transmission[] self = new Transmission[1];
    self[0] =
        transmission(
            wire,
            nth -> {
              outOfThreads = true;
              self[0].receiver().overtakeIfHeldUp(); // sees the call for the first time
              self[0].receiver().overtakeIfHeldUp(); // for the second time
            });
    self[0].begin(self[0].pool.acquire(Receiver.SLAB), 0, 0);
    assertThat(wire.taken()).as("four replies").hasSize(4 * 16);
    assertThat(pool.lent()).isZero();
    assertThat(overs).hasValue(1);
  }

  @Test
  void aConnectionThatFindsNoWorkerIsServedByItsReceiver() throws Exception {
    FakeWire wire = new FakeWire(requests(512, 512));
    wire.end();
    outOfThreads = true;
    Transmission transmission = transmission(wire, nth -> {});
    transmission.speed.stuck();
    transmission.begin(transmission.pool.acquire(Receiver.SLAB), 0, 0);
    assertThat(wire.taken()).as("two replies").hasSize(2 * 16);
    assertThat(pool.lent()).isZero();
    assertThat(overs).hasValue(1);
  }

  /** Begins writes, which end at once. */
  private static final class EndsAtOnce extends PassThroughDevice {

    EndsAtOnce() {
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
  void aConnectionThatCannotBeAnsweredWhatWasBegunGivesBackItsMemory() throws Exception {
    FakeWire wire = new FakeWire(requests(512, 512, 512));
    wire.breakOff(new AssertionError("no answer can be sent"));
    Transmission transmission = transmission(wire, new EndsAtOnce());
    transmission.begin(transmission.pool.acquire(Receiver.SLAB), 0, 0);
    assertThat(pool.lent()).isEqualTo(3 * 4096); // until the answering thread has run
    assertThat(overs).hasValue(0);
    threads.remove().run();
    assertThat(threads).isEmpty();
    assertThat(pool.lent()).isZero();
    assertThat(overs).hasValue(1);
  }

  /**
   * It would otherwise be the first to be dropped in favor of others, though it did all it could.
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
    assertThat(pool.lent()).isZero();
  }

  private static final NegotiatedOptions STRUCTURED =
      new NegotiatedOptions(true, false, SelectedContexts.NONE);

  private static ByteBuffer reads(int... lengths) {
    ByteBuffer all = ByteBuffer.allocate(1000);
    for (int i = 0; i < lengths.length; i++) {
      all.put(RawNbdClient.requestHeader(0, Command.READ, i + 1, 0, lengths[i]));
    }
    return all.flip();
  }

  /** The errors of simple replies, in their order; the data of a read follows a 0. */
  private static List<Integer> errors(FakeWire wire, int lengthOfReads) {
    List<Integer> errors = new ArrayList<>();
    ByteBuffer all = ByteBuffer.wrap(wire.taken());
    while (all.hasRemaining()) {
      assertThat(all.getInt()).isEqualTo(Magic.SIMPLE_REPLY);
      int error = all.getInt();
      errors.add(error);
      all.getLong();
      all.position(all.position() + (error == 0 ? lengthOfReads : 0));
    }
    return errors;
  }

  /** A message of an error needs memory of its own in a reply that a worker sends. */
  @Test
  void anErrorWhoseMessageFindsNoMemoryIsToldWithoutIt() throws Exception {
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
    transmission.speed.stuck(); // requests go to workers
    transmission.begin(transmission.pool.acquire(Receiver.SLAB), 0, 0);
    threads.remove().run();
    ByteBuffer reply = ByteBuffer.wrap(wire.taken());
    assertThat(reply.remaining()).as("a chunk with an error and no message").isEqualTo(20 + 6);
    assertThat(reply.getInt(20)).isEqualTo(NbdError.ENOSPC.wireValue());
    assertThat(pool.lent()).isZero();
    assertThat(overs).hasValue(1);
  }

  /** A receiver that was overtaken cannot use the memory of its batch. */
  @Test
  void aReadWhoseReplyFindsNoMemoryFailsAndTheConnectionGoesOn() throws Exception {
    FakeWire wire = new FakeWire(reads(512, 512));
    wire.end();
    Transmission[] self = new Transmission[1];
    self[0] =
        transmission(
            wire,
            nth -> {
              if (nth == 1) {
                self[0].receiver().overtakeIfHeldUp(); // sees the call for the first time
                self[0].receiver().overtakeIfHeldUp(); // for the second time
                shortage = size -> true;
              }
            });
    self[0].begin(self[0].pool.acquire(Receiver.SLAB), 0, 0);
    shortage = size -> false;
    while (!threads.isEmpty()) {
      threads.remove().run(); // the other receiver, and its worker
    }
    assertThat(errors(wire, 512)).containsExactly(NbdError.ENOMEM.wireValue(), 0);
    assertThat(pool.lent()).isZero();
    assertThat(overs).hasValue(1);
  }

  /** Lends the same bytes for each read. */
  private static final class Lends extends PassThroughDevice implements ZeroCopyReadable {

    private final Runnable before;

    Lends(Runnable before) {
      super(new ModelDevice(1 << 20));
      this.before = before;
    }

    @Override
    public boolean readZeroCopy(long offset, long length, BufferList buffers) {
      before.run();
      buffers.add(ByteBuffer.allocateDirect((int) length));
      return true;
    }
  }

  /** What is lent is copied if another thread is sending a reply. */
  @Test
  void aLentReadThatFindsNoMemoryForItsCopyFailsAndTheConnectionGoesOn() throws Exception {
    int length = 1 << 16;
    FakeWire wire = new FakeWire(reads(length));
    wire.end();
    Transmission[] self = new Transmission[1];
    self[0] =
        transmission(
            wire,
            new Lends(
                () -> {
                  assertThat(self[0].replyQueue.begin()).isTrue(); // as another thread does
                  shortage = size -> size == length;
                }));
    self[0].begin(self[0].pool.acquireShare(Receiver.SLAB), 0, 0);
    self[0].replyQueue.end();
    assertThat(errors(wire, length)).containsExactly(NbdError.ENOMEM.wireValue());
    assertThat(pool.lent()).isZero();
    assertThat(overs).hasValue(1);
  }

  private static final int LONG = 1 << 16;

  @TempDir Path dir;

  /** Lends from a file whose bytes tell their place; cannot be read. */
  private BlockDevice lendsFile(FileChannel file) {
    return new PassThroughDevice(new ModelDevice(1 << 20)) {
      @Override
      public boolean readZeroCopy(long offset, long length, BufferList buffers) {
        if (!buffers.acceptsFiles()) {
          return false;
        }
        buffers.addFile(file, offset, length);
        return true;
      }

      @Override
      public void read(ByteBuffer dst, long offset) throws IOException {
        if (dst.remaining() >= LONG) {
          throw new IOException("copied");
        }
        file.read(dst, offset);
      }
    };
  }

  private FileChannel file() throws IOException {
    byte[] content = new byte[3 * LONG];
    new Random(5).nextBytes(content);
    return FileChannel.open(Files.write(dir.resolve("disk"), content));
  }

  private static ByteBuffer read(long offset, int length) {
    return RawNbdClient.requestHeader(0, Command.READ, offset, offset, length);
  }

  private static byte[] replies(FileChannel file, long[] offsets, int[] lengths)
      throws IOException {
    ByteBuffer all = ByteBuffer.allocate(4 * LONG);
    for (int i = 0; i < offsets.length; i++) {
      all.putInt(Magic.SIMPLE_REPLY).putInt(0).putLong(offsets[i]);
      all.limit(all.position() + lengths[i]);
      file.read(all, offsets[i]);
      all.limit(all.capacity());
    }
    return Arrays.copyOf(all.array(), all.position());
  }

  @Test
  void workersSendFromFilesAndRepliesKeepTheirPlace() throws Exception {
    long[] offsets = {0, 100, LONG, 4096, 3};
    int[] lengths = {LONG, 512, LONG + 7, 600, LONG};
    ByteBuffer requests = ByteBuffer.allocate(1000);
    for (int i = 0; i < offsets.length; i++) {
      requests.put(read(offsets[i], lengths[i]));
    }
    FakeWire wire = new FakeWire(requests.flip());
    wire.end();
    try (FileChannel file = file()) {
      Transmission transmission = transmission(wire, lendsFile(file));
      transmission.speed.stuck(); // requests go to workers
      assertThat(transmission.replyQueue.begin()).isTrue(); // as another thread does
      transmission.begin(transmission.pool.acquire(Receiver.SLAB), 0, 0);
      Runnable worker = threads.remove();
      threads.clear(); // one does it all, so that the order is known
      worker.run();
      assertThat(wire.taken()).isEmpty();
      assertThat(pool.lent()).as("what is not in the file").isBetween(512L + 600, LONG - 1L);
      transmission.replyQueue.end();
      assertThat(wire.taken()).isEqualTo(replies(file, offsets, lengths));
    }
    assertThat(pool.lent()).isZero();
  }

  @Test
  void whatAWorkerIsLentInMemoryIsCopied() throws Exception {
    FakeWire wire = new FakeWire(reads(LONG, LONG));
    wire.end();
    Transmission transmission = transmission(wire, new Lends(() -> {}));
    transmission.speed.stuck();
    transmission.begin(transmission.pool.acquire(Receiver.SLAB), 0, 0);
    while (!threads.isEmpty()) {
      threads.remove().run();
    }
    assertThat(errors(wire, LONG)).containsExactly(0, 0);
    assertThat(pool.lent()).isZero();
    assertThat(overs).hasValue(1);
  }

  /** What is lent of a file may be sent later, so that no copy is needed. */
  @Test
  void aLentFileNeedsNoMemoryWhileAnotherThreadIsSending() throws Exception {
    FakeWire wire = new FakeWire(read(0, LONG));
    wire.end();
    try (FileChannel file = file()) {
      Transmission transmission = transmission(wire, lendsFile(file));
      assertThat(transmission.replyQueue.begin()).isTrue();
      shortage = size -> size == LONG;
      transmission.begin(transmission.pool.acquireShare(Receiver.SLAB), 0, 0);
      transmission.replyQueue.end();
      assertThat(wire.taken()).isEqualTo(replies(file, new long[] {0}, new int[] {LONG}));
    }
    assertThat(pool.lent()).isZero();
    assertThat(overs).hasValue(1);
  }
}
