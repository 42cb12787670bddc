package org.nbdcore.filter.composition;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.Configs;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RandomRequests;
import org.nbdcore.testkit.TestSession;
import org.nbdcore.testkit.TrackedBackend;

/**
 * Filters picked by chance over a model device, and what the disk has to look like through them.
 */
final class Stack implements Closeable {

  /** Every minimum block size divides it, and all sizes and offsets are multiples of it. */
  static final int BLOCK = 4096;

  private static final int SIZE = 32 * BLOCK;

  private final ModelDevice model;
  private final TrackedBackend bottom;
  private final List<Filter> filters = new ArrayList<>();
  private final List<Ingredient.Picked> picked = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final long seed;
  private Backend top;
  private boolean keeps = true;

  private Stack(long seed, Capabilities below) {
    this.seed = seed;
    model = new ModelDevice(SIZE, below).fillRandomly(seed);
    if (seed % 2 == 1) {
      model.trimLeavesGarbage();
    }
    bottom = Backends.of(model);
    top = bottom;
  }

  /** Picks from one to nine filters; one may come several times. */
  static Stack random(List<Ingredient> pantry, long seed) throws IOException, ConfigException {
    Random random = new Random(seed);
    Stack stack = new Stack(seed, capabilities(random));
    try {
      for (int depth = 1 + random.nextInt(9); depth > 0; depth--) {
        stack.add(pantry.get(random.nextInt(pantry.size())), random);
      }
      return stack;
    } catch (IOException | ConfigException | RuntimeException | Error e) {
      stack.close();
      throw e;
    }
  }

  private static Capabilities capabilities(Random random) {
    Capabilities all = ModelDevice.everything();
    return switch (random.nextInt(6)) {
      case 0 -> all.withBlockSizes(all.blockSizes().withMinimum(512).withMaximum(65536));
      case 1 -> all.withBlockSizes(all.blockSizes().withMinimum(4096).withMaximum(16384));
      case 2 -> all.withFastZero(false).withFua(Support.NONE).withExtents(false);
      case 3 -> all.withMultiConn(false).withTrim(false).withCache(Support.NONE);
      default -> all;
    };
  }

  /** Puts a filter on top. */
  void add(Ingredient ingredient, Random random) throws IOException, ConfigException {
    FilterProvider provider = ingredient.provider().get();
    Ingredient.Picked choice = ingredient.choice().pick(random, view(new byte[SIZE]).length);
    Filter filter = provider.create(Configs.of(provider.parameters(), choice.parameters()));
    filters.add(filter);
    picked.add(choice);
    names.add(provider.name() + choice.parameters());
    keeps &= choice.keeps();
    filter.start(top);
    top = Chains.over(filter, top);
  }

  private byte[] view(byte[] below) {
    byte[] seen = below;
    for (Ingredient.Picked choice : picked) {
      seen = choice.view().of(seen);
    }
    return seen.clone();
  }

  /**
   * Makes random requests and compares every answer; then what has reached the model.
   *
   * @param threads how many there are, where the stack bears it
   */
  void exercise(int threads, int operations) throws IOException, InterruptedException {
    int bearable = top.threadModel() == ThreadModel.PARALLEL ? threads : 1;
    byte[] shadow = view(model.contents());
    try (BlockDevice device = top.open(new OpenRequest("", false, false, new TestSession()))) {
      Capabilities offered = device.capabilities();
      if (device.size() != shadow.length) {
        throw new AssertionError("the size is " + device.size() + ", not " + shadow.length);
      }
      RandomRequests.run(List.of(device), shadow, bearable, operations, seed);
      if (offered.write() && offered.flush()) {
        device.flush();
      }
      if (keeps && offered.write()) {
        RandomRequests.compare("what reached the model", view(model.contents()), shadow);
      }
    }
  }

  /** Closes all, and looks for what was done wrong below. */
  @Override
  public void close() throws IOException {
    for (int i = filters.size() - 1; i >= 0; i--) {
      filters.get(i).close();
    }
    List<String> wrong = new ArrayList<>(model.violations());
    wrong.addAll(bottom.violations());
    if (bottom.open() != 0) {
      wrong.add(bottom.open() + " devices are left open");
    }
    if (!wrong.isEmpty()) {
      throw new AssertionError("the model was called wrongly: " + wrong);
    }
  }

  /** The layers, the one nearest the client first. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = names.size() - 1; i >= 0; i--) {
      text.append(names.get(i)).append(" > ");
    }
    return text.append(model.capabilities()).toString();
  }
}
