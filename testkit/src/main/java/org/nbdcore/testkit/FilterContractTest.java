package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ThreadModel;

/**
 * What every filter has to do; its test extends this class and says which filter, with which
 * parameters, and how its disk looks. The filter is put on {@link ModelDevice}s of different
 * capabilities, which catch calls that break the contract.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
public abstract class FilterContractTest {

  private static final int THREADS = 8;

  /** The provider under test; a new one with each call. */
  protected abstract FilterProvider provider();

  /** The parameters, each {@code key=value}; by default none. */
  protected List<String> parameters() throws IOException {
    return List.of();
  }

  /** The size of the disk below; by default 128 KiB. */
  protected int sizeBelow() {
    return 1 << 17;
  }

  /** How a disk looks through the filter; by default the same. May return its argument. */
  protected byte[] view(byte[] below) {
    return below;
  }

  /** Whether what was written reaches the disk below, at the latest with a flush. */
  protected boolean writesReachBelow() {
    return true;
  }

  /** Whether an operation fails when the layer below fails to do it. */
  protected boolean passesErrors() {
    return true;
  }

  /** Whether what a connection opened below is closed with it, rather than with the filter. */
  protected boolean closesWithItsClients() {
    return true;
  }

  /** What the disks below can do; the filter is tried on each. */
  protected List<Capabilities> capabilitiesBelow() {
    Capabilities all = ModelDevice.everything();
    return List.of(
        all,
        all.withBlockSizes(all.blockSizes().withMinimum(512).withMaximum(65536)),
        all.withFua(Support.EMULATE).withFastZero(false).withCache(Support.NONE),
        Capabilities.readWrite(),
        Capabilities.readOnly().withExtents(true),
        Capabilities.readOnly());
  }

  /** The request that opens the filter's disk. */
  protected OpenRequest request() {
    return new OpenRequest("", false, false, new TestSession());
  }

  private Filter create() throws IOException, ConfigException {
    FilterProvider provider = provider();
    return provider.create(Configs.of(provider.parameters(), parameters()));
  }

  private byte[] viewOf(ModelDevice model) {
    return view(model.contents()).clone();
  }

  /** A test of a filter on a disk. */
  private interface Body {
    void test(BlockDevice device, ModelDevice model) throws Exception;
  }

  /** Opens the filter's disk, tests, closes all and looks for what was done wrong below. */
  private void on(ModelDevice model, Body body) throws Exception {
    TrackedBackend below = Backends.of(model);
    try (Filter filter = create()) {
      filter.start(below);
      BlockDevice device = filter.open(request(), below);
      try {
        body.test(device, model);
      } finally {
        device.close();
      }
    }
    assertThat(model.violations()).as("wrong calls of the disk below").isEmpty();
    assertThat(below.violations()).as("wrong use of handles below").isEmpty();
    assertThat(below.open()).as("devices left open below").isZero();
  }

  private void onEach(long seed, Body body) throws Exception {
    for (Capabilities capabilities : capabilitiesBelow()) {
      ModelDevice model = new ModelDevice(sizeBelow(), capabilities).fillRandomly(seed);
      if (seed % 2 == 1) {
        model.trimLeavesGarbage();
      }
      try {
        on(model, body);
      } catch (AssertionError e) {
        throw new AssertionError("on a disk with " + capabilities + ": " + e.getMessage(), e);
      }
    }
  }

  private static long unit(BlockDevice device) throws IOException {
    return device.capabilities().blockSizes().minimum();
  }

  @Test
  void providerDescribesItself() {
    FilterProvider provider = provider();
    ProviderRules.checkNames(provider.name(), provider.description(), provider.version());
    ProviderRules.checkParameters(provider.parameters());
    ProviderRules.checkDebugFlags(provider.debugFlags());
    ProviderRules.checkStateless(provider.getClass());
  }

  @Test
  void providerIsFoundByServiceLoader() {
    List<Class<?>> found = new ArrayList<>();
    ServiceLoader.load(FilterProvider.class).forEach(p -> found.add(p.getClass()));
    assertThat(found)
        .as("META-INF/services/" + FilterProvider.class.getName())
        .contains(provider().getClass());
  }

  @Test
  void filterThatWasNeverStartedCloses() throws Exception {
    Filter filter = create();
    assertThat(filter.threadModel()).isNotNull();
    filter.close();
  }

  @Test
  void diskLooksAsTheFilterPromises() throws Exception {
    onEach(
        5,
        (device, model) -> {
          byte[] expected = viewOf(model);
          assertThat(device.size()).isEqualTo(expected.length);
          assertThat(device.capabilities()).isEqualTo(device.capabilities());
          Same.check("disk", Whole.read(device), expected, 0);
        });
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void randomOperationsAgreeWithTheModel(long seed) throws Exception {
    onEach(
        seed,
        (device, model) -> {
          byte[] shadow = viewOf(model);
          Area area = Area.whole(shadow.length, (int) unit(device));
          new Exerciser(device, shadow, area, true, seed).run(300);
          checkSame(device, model, shadow);
        });
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {11, 12})
  void eightThreadsAgreeWithTheModel(long seed) throws Exception {
    try (Filter filter = create()) {
      assumeTrue(filter.threadModel() == ThreadModel.PARALLEL, "it takes one at a time");
    }
    onEach(
        seed,
        (device, model) -> {
          byte[] shadow = viewOf(model);
          int unit = (int) unit(device);
          long cell = (1 + new Random(seed).nextInt(Math.max(1, 6000 / unit))) * (long) unit;
          List<Threads.Task> tasks = new ArrayList<>();
          for (int i = 0; i < THREADS; i++) {
            Area area = new Area(shadow.length - shadow.length % unit, unit, cell, i, THREADS);
            Exerciser exerciser = new Exerciser(device, shadow, area, true, seed * 100 + i);
            tasks.add(() -> exerciser.run(200));
          }
          Threads.run(tasks);
          checkSame(device, model, shadow);
        });
  }

  private void checkSame(BlockDevice device, ModelDevice model, byte[] shadow) throws IOException {
    Same.check("disk", Whole.read(device), shadow, 0);
    if (device.capabilities().flush()) {
      device.flush();
    }
    if (writesReachBelow()) {
      Same.check("what reached the disk below", viewOf(model), shadow, 0);
    }
  }

  @Test
  void flushAndForceUnitAccessReachTheDiskBelow() throws Exception {
    assumeTrue(writesReachBelow());
    onEach(
        6,
        (device, model) -> {
          Capabilities offered = device.capabilities();
          Random random = new Random(6);
          Area area = Area.whole(device.size(), (int) unit(device));
          if (!offered.write() || !offered.flush()) {
            return;
          }
          for (int i = 0; i < 20; i++) {
            device.write(bytes(area.pick(random, unit(device)), random), 0, 0);
            device.flush();
            assertThat(model.durable()).as("durable after a flush").isTrue();
            if (offered.fua() == Support.NATIVE) {
              Area.Range range = area.pick(random, 65536);
              device.write(bytes(range, random), range.offset(), Flags.FUA);
              assertThat(model.durable()).as("durable after a write with FUA").isTrue();
              forceTrimAndZero(device, model, area.pick(random, 65536));
            }
          }
        });
  }

  private static void forceTrimAndZero(BlockDevice device, ModelDevice model, Area.Range range)
      throws IOException {
    if (device.capabilities().trim()) {
      device.trim(range.offset(), range.length(), Flags.FUA);
      assertThat(model.durable()).as("durable after a trim with FUA").isTrue();
    }
    if (device.capabilities().zero() == Support.NATIVE) {
      device.zero(range.offset(), range.length(), Flags.FUA | Flags.MAY_TRIM);
      assertThat(model.durable()).as("durable after a zero with FUA").isTrue();
    }
  }

  private static ByteBuffer bytes(Area.Range range, Random random) {
    byte[] bytes = new byte[(int) range.length()];
    random.nextBytes(bytes);
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  @Test
  void flagsOfZeroReachTheDiskBelow() throws Exception {
    onEach(
        7,
        (device, model) -> {
          Capabilities offered = device.capabilities();
          if (!offered.write() || offered.zero() != Support.NATIVE) {
            return;
          }
          long length = Math.min(device.size(), 65536);
          checkZeroFlags(device, model, length, 0);
          checkZeroFlags(device, model, length, Flags.MAY_TRIM);
          if (offered.fastZero()) {
            checkZeroFlags(device, model, length, Flags.FAST_ZERO);
            checkZeroFlags(device, model, length, Flags.FAST_ZERO | Flags.MAY_TRIM);
          }
        });
  }

  private static void checkZeroFlags(BlockDevice device, ModelDevice model, long length, int flags)
      throws IOException {
    model.clearCalls();
    try {
      device.zero(0, length, flags);
    } catch (NbdException e) {
      assertThat(flags & Flags.FAST_ZERO).as("only a fast zero may be refused: " + e).isPositive();
      assertThat(e.error()).isEqualTo(NbdError.ENOTSUP);
      assertThat(model.calls(Operation.WRITE)).as("writes of a refused fast zero").isEmpty();
    }
    int mask = Flags.MAY_TRIM | Flags.FAST_ZERO;
    for (Call call : model.calls(Operation.ZERO)) {
      assertThat(call.flags() & mask).as("flags of %s", call).isEqualTo(flags);
    }
    if ((flags & Flags.MAY_TRIM) == 0) {
      assertThat(model.calls(Operation.TRIM)).as("trims of a zero without MAY_TRIM").isEmpty();
    }
  }

  @Test
  void failuresBelowAreReported() throws Exception {
    assumeTrue(passesErrors());
    FaultPlan plan = new FaultPlan();
    ModelDevice model = new ModelDevice(sizeBelow()).fillRandomly(8);
    try (Filter filter = create()) {
      Backend below = Backends.faulty(Backends.of(model), plan);
      filter.start(below);
      try (BlockDevice device = filter.open(request(), below)) {
        for (Operation operation :
            List.of(Operation.READ, Operation.WRITE, Operation.TRIM, Operation.ZERO)) {
          plan.failEvery(operation, NbdError.ENOSPC);
        }
        Capabilities offered = device.capabilities();
        int length = (int) Math.min(device.size(), 65536);
        ByteBuffer buffer = ByteBuffer.allocateDirect(length);
        checkPassed(plan, Operation.READ, () -> device.read(buffer.clear(), 0));
        if (offered.write()) {
          checkPassed(plan, Operation.WRITE, () -> device.write(buffer.clear(), 0, 0));
          if (offered.trim()) {
            checkPassed(plan, Operation.TRIM, () -> device.trim(0, length, 0));
          }
          if (offered.zero() == Support.NATIVE) {
            checkPassed(plan, Operation.ZERO, () -> device.zero(0, length, Flags.MAY_TRIM));
          }
        }
      }
    }
    assertThat(model.violations()).isEmpty();
  }

  private static void checkPassed(FaultPlan plan, Operation operation, Threads.Task task) {
    long before = plan.calls(operation);
    Throwable thrown = catchThrowable(task::run);
    if (plan.calls(operation) > before) { // else the filter did it without the layer below
      assertThat(thrown)
          .as("outcome of a %s that failed below with ENOSPC", operation)
          .isInstanceOfSatisfying(
              NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ENOSPC));
    }
  }

  @Test
  void whatIsOfferedNeitherHereNorBelowIsNotDone() throws Exception {
    ModelDevice model = new ModelDevice(sizeBelow(), Capabilities.readOnly());
    try (Filter filter = create()) {
      TrackedBackend below = Backends.of(model);
      filter.start(below);
      try (BlockDevice device = filter.open(request(), below)) {
        long unit = unit(device);
        if (!device.capabilities().write()) {
          ByteBuffer src = ByteBuffer.allocateDirect((int) unit);
          assertThatThrownBy(() -> device.write(src, 0, 0)).isInstanceOf(Throwable.class);
          assertThatThrownBy(() -> device.zero(0, unit, 0)).isInstanceOf(Throwable.class);
          assertThatThrownBy(() -> device.trim(0, unit, 0)).isInstanceOf(Throwable.class);
        }
      }
    }
  }

  @Test
  void closingClosesTheNextDeviceOnce() throws Exception {
    ModelDevice model = new ModelDevice(sizeBelow());
    TrackedBackend below = Backends.of(model);
    try (Filter filter = create()) {
      filter.start(below);
      int own = below.open();
      BlockDevice one = filter.open(request(), below);
      BlockDevice two = filter.open(request(), below);
      one.close();
      two.close();
      if (closesWithItsClients()) {
        assertThat(below.open()).as("devices left open by two connections").isEqualTo(own);
      }
    }
    assertThat(below.open()).as("devices left open by the filter").isZero();
    assertThat(below.violations()).isEmpty();
  }

  @Test
  void closingClosesTheNextDeviceEvenIfThatFails() throws Exception {
    FaultPlan plan = new FaultPlan();
    TrackedBackend below = Backends.of(new ModelDevice(sizeBelow()));
    try (Filter filter = create()) {
      filter.start(below);
      BlockDevice device = filter.open(request(), Backends.faulty(below, plan));
      plan.failEvery(Operation.FLUSH, NbdError.EIO).failEvery(Operation.CLOSE, NbdError.EIO);
      Throwable ignored = catchThrowable(device::close);
      if (!closesWithItsClients()) {
        plan.clear(); // what closing the filter throws is not what this looks at
      }
      assertThat(below.violations()).as("after a close that ended with " + ignored).isEmpty();
    }
    assertThat(below.open()).as("devices left open").isZero();
  }

  @Test
  void failureToOpenLeavesNothingOpen() throws Exception {
    for (int n = 1; n <= 12; n++) {
      FaultPlan plan = new FaultPlan();
      TrackedBackend tracked = Backends.of(new ModelDevice(sizeBelow()).fillRandomly(n));
      try (Filter filter = create()) {
        filter.start(tracked);
        int own = tracked.open();
        plan.failNthCall(n, NbdError.EIO);
        BlockDevice device = null;
        try {
          device = filter.open(request(), Backends.faulty(tracked, plan));
        } catch (IOException e) {
          assertThat(tracked.open())
              .as("devices left open below when call %d failed: %s", n, e)
              .isEqualTo(own);
        }
        if (device != null) {
          device.close();
        }
      }
      assertThat(tracked.open()).as("devices left open below").isZero();
      assertThat(tracked.violations()).isEmpty();
    }
  }
}
