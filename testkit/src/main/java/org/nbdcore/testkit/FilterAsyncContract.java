package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.helpers.BlockDevices;

/** Asynchronous reads and writes of a filter over an asynchronous layer. */
final class FilterAsyncContract {

  private static final int OPERATIONS = 10;

  private static final int LENGTH = 4096;

  private final FilterFixture bench;

  FilterAsyncContract(FilterFixture bench) {
    this.bench = bench;
  }

  private interface Body {
    void test(BlockDevice device, SimulatedAsyncDevice disk, FaultPlan plan, ModelDevice model)
        throws Exception;
  }

  void completions() throws Exception {
    onEach(
        (device, disk, plan, model) -> {
          byte[] expected = bench.viewOf(model);
          disk.hold();
          List<ByteBuffer> buffers = new ArrayList<>();
          List<@Nullable CompletionProbe> probes = submit(device, buffers, expected);
          for (CompletionProbe probe : probes) {
            if (probe != null && probe.completions() > 0) {
              throw new AssertionError(
                  "an asynchronous request completed before the layer below had completed it");
            }
          }
          disk.release();
          disk.awaitCompletions();
          for (int i = 0; i < OPERATIONS; i++) {
            if (probes.get(i) != null) {
              checkCompletedOnce(i, probes.get(i).completions());
              probes.get(i).join();
              ContentAssertions.assertSame(
                  "operation " + i, bytes(buffers.get(i)), slice(expected, i), i * LENGTH);
            }
          }
          ContentAssertions.assertSame("disk", DiskContents.read(device), expected, 0);
        });
  }

  private static void checkCompletedOnce(int operation, int completions) {
    if (completions != 1) {
      throw new AssertionError(
          "the layer below has completed asynchronous request "
              + operation
              + " once, but the filter has completed it "
              + completions
              + " times");
    }
  }

  /**
   * Submits requests. Null stands for a declined one. Written data is also stored in {@code
   * expected}.
   */
  private static List<@Nullable CompletionProbe> submit(
      BlockDevice device, List<ByteBuffer> buffers, byte[] expected) throws Exception {
    Random random = new Random(1);
    boolean writes = device.capabilities().write();
    List<@Nullable CompletionProbe> probes = new ArrayList<>();
    for (int i = 0; i < OPERATIONS; i++) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(LENGTH);
      buffers.add(buffer);
      CompletionProbe probe = new CompletionProbe();
      boolean accepted = false;
      if ((i + 1) * LENGTH <= expected.length && i % 2 == 0) {
        accepted = BlockDevices.readAsync(device, buffer.duplicate(), (long) i * LENGTH, probe);
      } else if ((i + 1) * LENGTH <= expected.length && writes) {
        byte[] bytes = new byte[LENGTH];
        random.nextBytes(bytes);
        buffer.put(bytes).clear();
        accepted =
            BlockDevices.writeAsync(
                device, buffer.duplicate(), (long) i * LENGTH, Flags.NONE, probe);
        if (accepted) {
          System.arraycopy(bytes, 0, expected, i * LENGTH, LENGTH);
        }
      }
      probes.add(accepted ? probe : null);
    }
    return probes;
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.capacity()];
    buffer.get(0, bytes);
    return bytes;
  }

  private static byte[] slice(byte[] disk, int number) {
    byte[] bytes = new byte[LENGTH];
    System.arraycopy(disk, number * LENGTH, bytes, 0, LENGTH);
    return bytes;
  }

  void failures() throws Exception {
    assumeTrue(bench.passesErrors());
    onEach(
        (device, disk, plan, model) -> {
          plan.failEvery(Operation.READ, NbdError.ENOSPC);
          plan.failEvery(Operation.WRITE, NbdError.ENOSPC);
          for (CompletionProbe probe : submit(device, new ArrayList<>(), bench.viewOf(model))) {
            if (probe != null) {
              FilterFailureContract.checkReported(
                  "an asynchronous request", catchThrowable(probe::join));
            }
          }
          plan.clear();
        });
  }

  /** Tests on a disk of each kind, unless the filter offers no asynchronous requests. */
  private void onEach(Body body) throws Exception {
    boolean any = false;
    for (Capabilities capabilities : bench.capabilitiesBelow()) {
      ModelDevice model = new ModelDevice(bench.sizeBelow(), capabilities).fillRandomly(9);
      FaultPlan plan = new FaultPlan();
      SimulatedAsyncDevice disk = new SimulatedAsyncDevice(new FaultyDevice(model, plan), 9);
      TrackedBackend below = Backends.of(disk);
      try (Filter filter = bench.create()) {
        filter.start(below, StartContext.NONE);
        try (BlockDevice device = filter.open(bench.request(), below)) {
          if (BlockDevices.prefersAsync(device)) {
            any = true;
            body.test(device, disk, plan, model);
          }
        }
      } finally {
        disk.close();
      }
      assertThat(model.violations()).as("wrong calls of the disk below").isEmpty();
      assertThat(below.violations()).as("wrong use of handles below").isEmpty();
      assertThat(below.open()).as("devices left open below").isZero();
    }
    assumeTrue(any, "it offers no asynchronous requests");
  }
}
