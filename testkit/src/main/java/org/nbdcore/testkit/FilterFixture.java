package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.StartContext;

/** A filter on disks of different capabilities, as its {@link FilterContractTest} describes it. */
final class FilterFixture {

  private final FilterContractTest test;

  FilterFixture(FilterContractTest test) {
    this.test = test;
  }

  /** A test of a filter on a disk. */
  interface Body {
    void test(BlockDevice device, ModelDevice model) throws Exception;
  }

  Filter create() throws IOException, ConfigException {
    FilterProvider provider = test.provider();
    return test.prepared(provider.create(Configs.of(provider.parameters(), test.parameters())));
  }

  OpenRequest request() {
    return test.request();
  }

  int sizeBelow() {
    return test.sizeBelow();
  }

  boolean writesReachBelow() {
    return test.writesReachBelow();
  }

  boolean passesErrors() {
    return test.passesErrors();
  }

  List<Capabilities> capabilitiesBelow() {
    return test.capabilitiesBelow();
  }

  boolean closesWithItsClients() {
    return test.closesWithItsClients();
  }

  byte[] viewOf(ModelDevice model) {
    return test.view(model.contents()).clone();
  }

  /** The smallest block of a device. */
  static long unit(BlockDevice device) throws IOException {
    return device.capabilities().blockSizes().minimum();
  }

  /** The alignment of offsets and lengths of requests to a device. */
  static long granularity(BlockDevice device) throws IOException {
    return device.capabilities().lenient() ? 1 : unit(device);
  }

  /**
   * Opens the filter's disk, runs the test, closes everything and checks for violations on the
   * layer below.
   */
  private void on(ModelDevice model, BlockDevice disk, Body body) throws Exception {
    TrackedBackend below = Backends.of(disk);
    try (Filter filter = create()) {
      filter.start(below, StartContext.NONE);
      BlockDevice device = filter.open(request(), below);
      try {
        body.test(device, model);
      } finally {
        device.close();
      }
    }
    assertThat(model.violations()).as("contract violations on the disk below").isEmpty();
    assertThat(below.violations()).as("contract violations on devices below").isEmpty();
    assertThat(below.open()).as("devices left open below").isZero();
  }

  /**
   * Runs a test on a disk of each kind, with random contents. With odd seeds, trims leave garbage.
   * With half of the even seeds, the disk is asynchronous.
   */
  void onEach(long seed, Body body) throws Exception {
    for (Capabilities capabilities : test.capabilitiesBelow()) {
      ModelDevice model = new ModelDevice(sizeBelow(), capabilities).fillRandomly(seed);
      if (seed % 2 == 1) {
        model.trimLeavesGarbage();
      }
      try (BlockDevice disk = seed % 4 == 2 ? new SimulatedAsyncDevice(model, seed) : model) {
        on(model, disk, body);
      } catch (AssertionError e) {
        throw new AssertionError("on a disk with " + capabilities + ": " + e.getMessage(), e);
      }
    }
  }
}
