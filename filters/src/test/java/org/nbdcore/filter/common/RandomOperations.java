package org.nbdcore.filter.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Support;

/**
 * Random operations on a region of a device, each compared with an array. Several may run at once
 * on regions that do not overlap.
 */
public final class RandomOperations {

  private final BlockDevice device;
  private final Capabilities capabilities;
  private final Random random;
  private final int from;
  private final byte[] model;
  private final boolean[] unknown;
  private final int maxLength;

  /** Covers the bytes from {@code from} to before {@code to}, whose contents it reads first. */
  public RandomOperations(BlockDevice device, long seed, int from, int to, int maxLength)
      throws IOException {
    this.device = device;
    this.capabilities = device.capabilities();
    this.random = new Random(seed);
    this.from = from;
    this.model = Chains.read(device, from, to - from);
    this.unknown = new boolean[to - from];
    this.maxLength = maxLength;
  }

  /** Runs {@code count} operations and compares the whole region at the end. */
  public void run(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      int step = capabilities.blockSizes().minimum();
      int length = Math.min(1 + random.nextInt(maxLength), model.length);
      length = Math.max(step, length / step * step);
      int at = random.nextInt(model.length - length + 1) / step * step;
      runOne(at, length);
    }
    compare(0, model.length);
  }

  private void runOne(int at, int length) throws IOException {
    Flags fua =
        capabilities.fua() == Support.NATIVE && random.nextInt(4) == 0 ? Flags.FUA : Flags.NONE;
    switch (random.nextInt(8)) {
      case 0, 1 -> compare(at, length);
      case 2, 3 -> write(at, length, fua);
      case 4 -> {
        if (capabilities.write() && capabilities.trim()) {
          device.trim(from + at, length, fua);
          Arrays.fill(unknown, at, at + length, true);
        }
      }
      case 5 -> {
        if (capabilities.write() && capabilities.zero() == Support.NATIVE) {
          device.zero(
              from + at, length, fua.with(random.nextBoolean() ? Flags.MAY_TRIM : Flags.NONE));
          Arrays.fill(model, at, at + length, (byte) 0);
          Arrays.fill(unknown, at, at + length, false);
        }
      }
      case 6 -> {
        if (capabilities.cache() == Support.NATIVE) {
          device.cache(from + at, length);
        }
        if (capabilities.write() && capabilities.flush()) {
          device.flush();
        }
      }
      default -> extents(at, length);
    }
  }

  private void write(int at, int length, Flags flags) throws IOException {
    if (!capabilities.write()) {
      return;
    }
    byte[] data = new byte[length];
    random.nextBytes(data);
    Chains.write(device, from + at, data, flags);
    System.arraycopy(data, 0, model, at, length);
    Arrays.fill(unknown, at, at + length, false);
  }

  private void compare(int at, int length) throws IOException {
    byte[] read = Chains.read(device, from + at, length);
    for (int i = 0; i < length; i++) {
      if (unknown[at + i]) {
        model[at + i] = read[i];
        unknown[at + i] = false;
      }
    }
    byte[] expected = Arrays.copyOfRange(model, at, at + length);
    assertThat(read).as("bytes at " + (from + at)).isEqualTo(expected);
  }

  private void extents(int at, int length) throws IOException {
    if (!capabilities.extents()) {
      return;
    }
    Extents extents = new Extents(from + at, length, 1 + random.nextInt(9));
    device.extents(from + at, length, random.nextBoolean() ? Flags.REQ_ONE : Flags.NONE, extents);
    assertThat(extents.size()).as("runs").isPositive();
    int position = at;
    for (int i = 0; i < extents.size(); i++) {
      int end = (int) (position + extents.length(i));
      if ((extents.type(i) & ExtentSink.ZERO) != 0) {
        for (int j = position; j < end; j++) {
          assertThat(unknown[j] || model[j] == 0).as("byte at " + (from + j) + " is 0").isTrue();
        }
      }
      position = end;
    }
  }
}
