package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.ThreadModel;

/** Data of a filter: compares reads and writes with a model. */
final class FilterDataContract {

  private static final int THREADS = 8;

  private final FilterFixture bench;

  FilterDataContract(FilterFixture bench) {
    this.bench = bench;
  }

  void looksAsPromised() throws Exception {
    bench.onEach(
        5,
        (device, model) -> {
          byte[] expected = bench.viewOf(model);
          assertThat(device.size()).isEqualTo(expected.length);
          assertThat(device.capabilities()).isEqualTo(device.capabilities());
          ContentAssertions.assertSame("disk", DiskContents.read(device), expected, 0);
        });
  }

  void randomOperations(long seed) throws Exception {
    bench.onEach(
        seed,
        (device, model) -> {
          byte[] shadow = bench.viewOf(model);
          ThreadStripe area =
              ThreadStripe.whole(shadow.length, (int) FilterFixture.granularity(device));
          new Exerciser(device, shadow, area, true, seed).run(300);
          checkSame(device, model, shadow);
        });
  }

  void eightThreads(long seed) throws Exception {
    try (Filter filter = bench.create()) {
      assumeTrue(filter.threadModel() == ThreadModel.PARALLEL, "the thread model is not PARALLEL");
    }
    bench.onEach(
        seed,
        (device, model) -> {
          byte[] shadow = bench.viewOf(model);
          int unit = (int) FilterFixture.granularity(device);
          long cell = (1 + new Random(seed).nextInt(Math.max(1, 6000 / unit))) * (long) unit;
          List<ConcurrentTasks.Task> tasks = new ArrayList<>();
          for (int i = 0; i < THREADS; i++) {
            ThreadStripe area =
                new ThreadStripe(shadow.length - shadow.length % unit, unit, cell, i, THREADS);
            Exerciser exerciser = new Exerciser(device, shadow, area, true, seed * 100 + i);
            tasks.add(() -> exerciser.run(200));
          }
          ConcurrentTasks.run(tasks);
          checkSame(device, model, shadow);
        });
  }

  private void checkSame(BlockDevice device, ModelDevice model, byte[] shadow) throws IOException {
    ContentAssertions.assertSame("disk", DiskContents.read(device), shadow, 0);
    if (device.capabilities().flush()) {
      device.flush();
    }
    if (bench.writesReachBelow()) {
      ContentAssertions.assertSame("what reached the disk below", bench.viewOf(model), shadow, 0);
    }
  }

  void readOnlyBelow() throws Exception {
    ModelDevice model = new ModelDevice(bench.sizeBelow(), Capabilities.readOnly());
    try (Filter filter = bench.create()) {
      TrackedBackend below = Backends.of(model);
      filter.start(below, StartContext.NONE);
      try (BlockDevice device = filter.open(bench.request(), below)) {
        long unit = FilterFixture.unit(device);
        if (!device.capabilities().write()) {
          ByteBuffer src = ByteBuffer.allocateDirect((int) unit);
          assertThatThrownBy(() -> device.write(src, 0, Flags.NONE)).isInstanceOf(Throwable.class);
          assertThatThrownBy(() -> device.zero(0, unit, Flags.NONE)).isInstanceOf(Throwable.class);
          assertThatThrownBy(() -> device.trim(0, unit, Flags.NONE)).isInstanceOf(Throwable.class);
        }
      }
    }
  }
}
