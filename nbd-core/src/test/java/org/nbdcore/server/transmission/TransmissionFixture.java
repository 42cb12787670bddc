package org.nbdcore.server.transmission;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
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
import org.nbdcore.server.memory.ExportBudget;
import org.nbdcore.server.memory.PlantedShortage;
import org.nbdcore.server.memory.SlabPool;
import org.nbdcore.server.wire.Wire;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.TrackedBackend;

/** The transmission phase of one connection, whose threads a test runs itself. */
@Timeout(30)
abstract class TransmissionFixture {

  /** Called on a thread that has waited for memory for a while. */
  Runnable reclaim = () -> {};

  /** The sizes whose allocation fails. */
  IntPredicate shortage = size -> false;

  final SlabPool pool =
      PlantedShortage.pool(1L << 27, wanted -> reclaim.run(), size -> shortage.test(size));
  private final CallMonitor monitor = new CallMonitor(pool);
  final AtomicInteger ends = new AtomicInteger();
  final Queue<Runnable> threads = new ArrayDeque<>();
  boolean outOfThreads;

  /** The limit of the export, or null. */
  ExportBudget limit;

  /** The transmission that the test created last. */
  Transmission self;

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

  final Transmission transmission(Wire wire, WatchedDevice.Before before) throws Exception {
    return transmission(
        wire, new WatchedDevice(new ModelDevice(4096), new WatchedDevice.Meter(), before));
  }

  final Transmission transmission(Wire wire, BlockDevice device) throws Exception {
    return transmission(wire, device, NegotiatedOptions.NONE);
  }

  final Transmission transmission(Wire wire, BlockDevice device, NegotiatedOptions negotiated)
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
    self =
        new Transmission(
            context,
            wire,
            OpenExport.open(top, request, locks),
            negotiated,
            session,
            limit,
            null,
            ends::incrementAndGet);
    return self;
  }

  /**
   * Lets the monitor check a receiver's call twice. The call then counts as slow, and another
   * receiver takes over.
   */
  static void overtake(Transmission transmission) {
    transmission.receiver().overtakeIfBlocked();
    transmission.receiver().overtakeIfBlocked();
  }

  /** Runs the threads that were started, one after the other. */
  final void runThreads() {
    while (!threads.isEmpty()) {
      threads.remove().run();
    }
  }

  static ByteBuffer requests(int... lengthsOfWrites) {
    ByteBuffer all = ByteBuffer.allocate(10_000);
    for (int length : lengthsOfWrites) {
      all.put(RawNbdClient.requestHeader(0, Command.WRITE, 1, 0, length)).put(new byte[length]);
    }
    return all.flip();
  }

  static ByteBuffer reads(int... lengths) {
    ByteBuffer all = ByteBuffer.allocate(1000);
    for (int i = 0; i < lengths.length; i++) {
      all.put(RawNbdClient.requestHeader(0, Command.READ, i + 1, 0, lengths[i]));
    }
    return all.flip();
  }

  /** The errors of simple replies, in their order; the data of a read follows a 0. */
  static List<Integer> errors(FakeWire wire, int lengthOfReads) {
    List<Integer> errors = new ArrayList<>();
    ByteBuffer all = ByteBuffer.wrap(wire.received());
    while (all.hasRemaining()) {
      assertThat(all.getInt()).isEqualTo(Magic.SIMPLE_REPLY);
      int error = all.getInt();
      errors.add(error);
      all.getLong();
      all.position(all.position() + (error == 0 ? lengthOfReads : 0));
    }
    return errors;
  }
}
