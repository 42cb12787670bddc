package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.helpers.BlockDevices;

/**
 * Executes random operations on a device, and compares the results with a shadow: the expected
 * contents of the disk. Calls only operations that the device offers. Several threads may share a
 * shadow if their areas do not overlap.
 */
final class Exerciser {

  private static final int REMEMBERED = 16;

  private final BlockDevice device;
  private final Capabilities capabilities;
  private final byte[] shadow;
  private final ThreadStripe area;
  private final boolean remembers;
  private final long seed;
  private final Random random;
  private final long maximum;
  private Duration completionTimeout = CompletionProbe.TIMEOUT;
  private boolean breaksBlockSizes; // whether the last request did; only for lenient devices
  private final Deque<String> history = new ArrayDeque<>();
  private final List<CompletionProbe> probes = new ArrayList<>();

  /**
   * Prepares the operations.
   *
   * @param remembers whether written data can be read back
   */
  Exerciser(BlockDevice device, byte[] shadow, ThreadStripe area, boolean remembers, long seed)
      throws IOException {
    this.device = device;
    this.capabilities = device.capabilities();
    this.shadow = shadow;
    this.area = area;
    this.remembers = remembers;
    this.seed = seed;
    this.random = new Random(seed);
    this.maximum = Math.min(capabilities.blockSizes().maximum(), 1 << 25);
  }

  /** Changes how long an asynchronous request may take. */
  Exerciser withCompletionTimeout(Duration timeout) {
    completionTimeout = timeout;
    return this;
  }

  /** Executes the operations. A failure names the seed and the last operations. */
  void run(int operations) {
    for (int i = 0; i < operations && !area.empty(); i++) {
      try {
        stepUnlessRefused();
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError(
            "seed " + seed + ", operation " + i + " of " + history + ": " + e + leniency(), e);
      }
    }
    probes.forEach(CompletionProbe::checkCompletions);
  }

  /**
   * A lenient device may refuse a request that violates its block sizes. Later reads check the
   * effect.
   */
  private void stepUnlessRefused() throws IOException {
    try {
      step();
    } catch (NbdException e) {
      if (!refusedAsUnaligned(e)) {
        throw e;
      }
    }
  }

  /** The rule for lenient disks, which also get unaligned requests. */
  private String leniency() {
    return capabilities.lenient()
        ? "; a lenient disk must execute each unaligned request exactly, or refuse it with EINVAL"
            + " and change nothing (minimum block size "
            + capabilities.blockSizes().minimum()
            + ")"
        : "";
  }

  private boolean refusedAsUnaligned(NbdException e) {
    return breaksBlockSizes && e.error() == NbdError.EINVAL;
  }

  private void step() throws IOException {
    boolean write = capabilities.write();
    int choice = random.nextInt(12);
    if (choice < 3 && write) {
      write();
    } else if (choice == 3 && write && capabilities.zero() == Support.NATIVE) {
      zero();
    } else if (choice == 4 && write && capabilities.trim()) {
      trim();
    } else if (choice == 5 && capabilities.flush()) {
      note("flush", new ThreadStripe.Range(0, 0), Flags.NONE);
      device.flush();
    } else if (choice == 6 && capabilities.cache() == Support.NATIVE) {
      ThreadStripe.Range range = area.pick(random, Long.MAX_VALUE);
      note("cache", range, Flags.NONE);
      device.cache(range.offset(), range.length());
    } else if (choice < 9 && capabilities.extents()) {
      extents();
    } else {
      ThreadStripe.Range range = area.pick(random, maximum);
      note("read", range, Flags.NONE);
      byte[] found = read(range);
      String what =
          lastProbe().accepted()
              ? "asynchronous read of " + range + ", after its completion"
              : "read of " + range;
      ContentAssertions.assertSame(what, found, expected(range), range.offset());
      if (random.nextBoolean()) {
        readZeroCopy(range);
      }
    }
  }

  private void note(String operation, ThreadStripe.Range range, Flags flags) {
    int minimum = capabilities.blockSizes().minimum();
    breaksBlockSizes = ((range.offset() | range.length()) & (minimum - 1)) != 0;
    if (history.size() == REMEMBERED) {
      history.removeFirst();
    }
    history.addLast(
        operation
            + " "
            + range.offset()
            + "+"
            + range.length()
            + (flags.isEmpty() ? "" : " flags " + flags));
  }

  private void executed(CompletionProbe probe) {
    probes.add(probe);
    if (probe.accepted()) {
      history.addLast(history.removeLast() + " asynchronous");
    }
  }

  private CompletionProbe lastProbe() {
    return probes.get(probes.size() - 1);
  }

  private byte[] expected(ThreadStripe.Range range) {
    return Arrays.copyOfRange(
        shadow, (int) range.offset(), (int) (range.offset() + range.length()));
  }

  private byte[] read(ThreadStripe.Range range) throws IOException {
    GuardedBuffer buffer = GuardedBuffer.forReading((int) range.length(), random);
    executed(CompletionProbe.read(device, buffer.buffer(), range.offset(), completionTimeout));
    buffer.checkFilled();
    return buffer.bytes();
  }

  private void readZeroCopy(ThreadStripe.Range range) throws IOException {
    note("zero-copy read", range, Flags.NONE);
    CheckingBufferList buffers = new CheckingBufferList((int) range.length());
    if (BlockDevices.readZeroCopy(device, range.offset(), range.length(), buffers)) {
      ContentAssertions.assertSame(
          "zero-copy read of " + range, buffers.bytes(), expected(range), range.offset());
    } else {
      assertThat(buffers.filled())
          .as("bytes of a zero-copy read that the device declined")
          .isZero();
    }
  }

  private Flags fua() {
    return capabilities.fua() == Support.NATIVE && random.nextInt(4) == 0 ? Flags.FUA : Flags.NONE;
  }

  private void write() throws IOException {
    ThreadStripe.Range range = area.pick(random, maximum);
    byte[] bytes = new byte[(int) range.length()];
    if (random.nextInt(5) > 0) {
      random.nextBytes(bytes);
    }
    Flags flags = fua();
    note("write", range, flags);
    GuardedBuffer buffer = GuardedBuffer.forWriting(bytes, random);
    executed(
        CompletionProbe.write(device, buffer.buffer(), range.offset(), flags, completionTimeout));
    buffer.checkUnchangedAndScramble(bytes);
    if (remembers) {
      System.arraycopy(bytes, 0, shadow, (int) range.offset(), bytes.length);
    }
  }

  private void zero() throws IOException {
    ThreadStripe.Range range = area.pick(random, Long.MAX_VALUE);
    Flags flags = fua().with(random.nextBoolean() ? Flags.MAY_TRIM : Flags.NONE);
    boolean fast = capabilities.fastZero() && random.nextInt(3) == 0;
    note("zero", range, fast ? flags.with(Flags.FAST_ZERO) : flags);
    if (fast && refusedFast(range, flags)) {
      return;
    }
    if (!fast) {
      device.zero(range.offset(), range.length(), flags);
    }
    if (remembers) {
      int from = (int) range.offset();
      Arrays.fill(shadow, from, from + (int) range.length(), (byte) 0);
    }
  }

  private boolean refusedFast(ThreadStripe.Range range, Flags flags) throws IOException {
    try {
      device.zero(range.offset(), range.length(), flags.with(Flags.FAST_ZERO));
      return false;
    } catch (NbdException e) {
      if (refusedAsUnaligned(e)) {
        throw e;
      }
      assertThat(e.error()).as("error of a fast zero: %s", e).isEqualTo(NbdError.ENOTSUP);
      return true; // later reads check that it changed nothing
    }
  }

  /** A trimmed range may have any content, but the content must not change afterwards. */
  private void trim() throws IOException {
    ThreadStripe.Range range = area.pick(random, maximum);
    Flags flags = fua();
    note("trim", range, flags);
    device.trim(range.offset(), range.length(), flags);
    byte[] after = read(range);
    System.arraycopy(after, 0, shadow, (int) range.offset(), after.length);
  }

  /** A device may report extents beyond the range; they must be correct too. */
  private void extents() throws IOException {
    ThreadStripe.Range range =
        ThreadStripe.whole(area.size(), area.unit()).pick(random, Long.MAX_VALUE);
    Flags flags = random.nextInt(4) == 0 ? Flags.REQ_ONE : Flags.NONE;
    int limit = random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(3);
    note("extents", range, flags);
    Extents extents = new Extents(range.offset(), range.length(), limit).acceptUntil(shadow.length);
    device.extents(range.offset(), range.length(), flags, new CheckingExtentSink(extents));
    assertThat(extents.size()).as("extents reported for %s", range).isPositive();
    long at = range.offset();
    for (int i = 0; i < extents.size(); i++) {
      if ((extents.type(i) & ExtentSink.ZERO) != 0) {
        checkZero(at, extents.length(i), range);
      }
      at += extents.length(i);
    }
  }

  /** Checks only the cells of this thread, because other threads change theirs. */
  private void checkZero(long offset, long length, ThreadStripe.Range range) {
    for (long i = offset; i < offset + length; i++) {
      if (shadow[(int) i] != 0 && area.owns(i)) {
        String where = i < range.offset() + range.length() ? "" : ", beyond the requested range,";
        throw new AssertionError(
            "extent "
                + offset
                + "+"
                + length
                + " is reported to read as zeroes, but at "
                + i
                + where
                + " it does not");
      }
    }
  }
}
