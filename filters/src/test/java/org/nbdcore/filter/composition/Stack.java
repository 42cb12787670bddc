package org.nbdcore.filter.composition;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.nbdcore.chain.Chain;
import org.nbdcore.chain.ChainBuilder;
import org.nbdcore.filter.composition.StackFilter.Keeps;
import org.nbdcore.filter.composition.StackFilter.Picked;
import org.nbdcore.filter.partition.PartitionFilterProvider;
import org.nbdcore.filter.partition.Tables;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Host;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.Configs;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RandomRequests;
import org.nbdcore.testkit.SimulatedAsyncDevice;
import org.nbdcore.testkit.TestProviders;
import org.nbdcore.testkit.TestSession;
import org.nbdcore.testkit.TrackedBackend;

/**
 * Filters above a model device, in a chain as the server builds it, and the expected content of the
 * disk.
 */
final class Stack implements Closeable {

  /** Every minimum block size divides it, and all sizes and offsets are multiples of it. */
  static final int BLOCK = 4096;

  private static final int SIZE = 32 * BLOCK;
  private static final int SECTOR = 512;

  private final ModelDevice model;
  private final BlockDevice disk;
  private final TrackedBackend bottom;
  private final List<FilterProvider> providers = new ArrayList<>();
  private final List<Picked> picked = new ArrayList<>();
  private final long seed;
  private final Random random;
  private Keeps keeps = Keeps.DURABLY_BELOW;
  private Chain chain;

  /** A stack without filters; the seed selects the disk's capabilities and all random choices. */
  Stack(long seed) {
    this.seed = seed;
    random = new Random(seed);
    model = new ModelDevice(SIZE, capabilities(random)).fillRandomly(seed);
    if (seed % 2 == 1) {
      model.trimLeavesGarbage();
    }
    disk = seed / 2 % 2 == 0 ? new SimulatedAsyncDevice(model, seed) : model;
    bottom = Backends.of(disk);
    if (random.nextInt(6) == 0) {
      partition();
    }
  }

  private static Capabilities capabilities(Random random) {
    Capabilities all = ModelDevice.everything();
    return switch (random.nextInt(8)) {
      case 0 -> all.withBlockSizes(all.blockSizes().withMinimum(512).withMaximum(65536));
      case 1 -> all.withBlockSizes(all.blockSizes().withMinimum(4096).withMaximum(16384));
      case 2 -> all.withFastZero(false).withFua(Support.NONE).withExtents(false);
      case 3 -> all.withMultiConn(false).withTrim(false).withCache(Support.NONE);
      case 4 -> all.withFua(Support.EMULATE).withZero(Support.EMULATE).withCache(Support.EMULATE);
      case 5 -> all.withMultiConn(false).withFastZero(false).withCache(Support.EMULATE);
      default -> all;
    };
  }

  /**
   * Adds a partition filter. It must be the lowest, because it needs a partition table on the disk.
   */
  private void partition() {
    byte[] table = Arrays.copyOf(model.contents(), BLOCK);
    Arrays.fill(table, 446, 510, (byte) 0);
    int count = SIZE / BLOCK - 1 - random.nextInt(4);
    Tables.entry(table, 0, 0, 0x83, BLOCK / SECTOR, count * BLOCK / SECTOR);
    model.write(ByteBuffer.wrap(table), 0, Flags.NONE);
    add(
        new PartitionFilterProvider(),
        new Picked(
            List.of("partition=1", "partition-sectorsize=512"),
            below -> Arrays.copyOfRange(below, BLOCK, BLOCK + count * BLOCK),
            Keeps.DURABLY_BELOW));
  }

  /** Adds {@code depth} random filters on top; a filter may occur several times. */
  Stack add(List<StackFilter> stackFilters, int depth) {
    for (int i = 0; i < depth; i++) {
      add(stackFilters.get(random.nextInt(stackFilters.size())));
    }
    return this;
  }

  /** Adds a filter on top. */
  Stack add(StackFilter filter) {
    Picked choice = filter.choice().pick(random, view(new byte[SIZE]).length);
    add(filter.provider().get(), choice);
    return this;
  }

  private void add(FilterProvider provider, Picked choice) {
    providers.add(provider);
    picked.add(choice);
    keeps = choice.keeps().compareTo(keeps) < 0 ? choice.keeps() : keeps;
  }

  private byte[] view(byte[] below) {
    byte[] seen = below;
    for (Picked choice : picked) {
      seen = choice.view().of(seen);
    }
    return seen.clone();
  }

  private Chain build() throws IOException, ConfigException {
    ChainBuilder builder = Chain.builder();
    for (int i = providers.size() - 1; i >= 0; i--) {
      FilterProvider provider = providers.get(i);
      builder.filter(provider, Configs.of(provider.parameters(), picked.get(i).parameters()));
    }
    PluginProvider plugin = TestProviders.plugin("model", () -> bottom::open);
    Chain built = builder.plugin(plugin, Configs.of(List.of(), List.of())).build();
    chain = built;
    built.start(Host.NONE);
    return built;
  }

  /**
   * Sends random requests on one or two connections and compares every reply. Then compares the
   * content of the model, and checks that it is durable.
   *
   * @param threads the number of threads if the stack's thread model is parallel
   */
  void exercise(int threads, int operations)
      throws IOException, ConfigException, InterruptedException {
    Chain built = build();
    boolean parallel = built.threadModel() == ThreadModel.PARALLEL;
    byte[] shadow = view(model.contents());
    List<BlockDevice> devices = new ArrayList<>();
    try {
      devices.add(connect(built, 1));
      Capabilities offered = devices.get(0).capabilities();
      if (parallel && offered.multiConn()) {
        devices.add(connect(built, 2));
      }
      if (devices.get(0).size() != shadow.length) {
        throw new AssertionError("the size is " + devices.get(0).size() + ", not " + shadow.length);
      }
      RandomRequests.run(devices, shadow, parallel ? threads : 1, operations, seed);
      if (offered.write()) {
        compareBelow(devices.get(0), offered, shadow);
      }
    } finally {
      for (BlockDevice device : devices) {
        device.close();
      }
    }
  }

  private static BlockDevice connect(Chain built, int number) throws IOException {
    return built.top().open(new TestSession(number).request(""));
  }

  private void compareBelow(BlockDevice device, Capabilities offered, byte[] shadow)
      throws IOException {
    if (offered.flush()) {
      device.flush();
      checkDurable("a flush");
    }
    if (keeps != Keeps.ABOVE) {
      RandomRequests.compare("what reached the model", view(model.contents()), shadow);
    }
    if (offered.flush() && offered.fua() == Support.NATIVE) {
      device.write(ByteBuffer.wrap(shadow, 0, BLOCK), 0, Flags.FUA);
      checkDurable("a write with FUA");
    }
  }

  private void checkDurable(String after) {
    if (keeps == Keeps.DURABLY_BELOW && !model.durable()) {
      throw new AssertionError("after " + after + " not everything is durable");
    }
  }

  /** Closes everything, and fails if a filter has violated the contract of the disk below. */
  @Override
  public void close() throws IOException {
    if (chain != null) {
      chain.close();
    }
    disk.close();
    List<String> violations = new ArrayList<>(model.violations());
    violations.addAll(bottom.violations());
    if (bottom.open() != 0) {
      violations.add(bottom.open() + " devices are left open");
    }
    if (!violations.isEmpty()) {
      throw new AssertionError("the model was called wrongly: " + violations);
    }
  }

  /** The layers, the outermost first. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = providers.size() - 1; i >= 0; i--) {
      text.append(providers.get(i).name()).append(picked.get(i).parameters()).append(" > ");
    }
    return text.append(model.capabilities()).toString();
  }
}
