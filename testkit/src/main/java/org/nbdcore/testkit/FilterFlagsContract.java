package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;

/** Flags and flushes: how a filter passes them on. */
final class FilterFlagsContract {

  private final FilterFixture bench;

  FilterFlagsContract(FilterFixture bench) {
    this.bench = bench;
  }

  void durable() throws Exception {
    assumeTrue(bench.writesReachBelow());
    bench.onEach(
        6,
        (device, model) -> {
          Capabilities offered = device.capabilities();
          Random random = new Random(6);
          ThreadStripe area = ThreadStripe.whole(device.size(), (int) FilterFixture.unit(device));
          if (!offered.write() || !offered.flush()) {
            return;
          }
          for (int i = 0; i < 20; i++) {
            CompletionProbe.write(
                device,
                bytes(area.pick(random, FilterFixture.unit(device)), random),
                0,
                Flags.NONE);
            device.flush();
            checkDurable(model, "a flush");
            if (offered.fua() == Support.NATIVE) {
              ThreadStripe.Range range = area.pick(random, 65536);
              CompletionProbe.write(device, bytes(range, random), range.offset(), Flags.FUA);
              checkDurable(model, "a write with FUA");
              forceTrimAndZero(device, model, area.pick(random, 65536));
            }
          }
        });
  }

  private static void checkDurable(ModelDevice model, String request) {
    if (!model.durable()) {
      throw new AssertionError(
          "after "
              + request
              + ", changes of the disk below are not durable; forward the flush or the flag");
    }
  }

  private static void forceTrimAndZero(
      BlockDevice device, ModelDevice model, ThreadStripe.Range range) throws IOException {
    if (device.capabilities().trim()) {
      device.trim(range.offset(), range.length(), Flags.FUA);
      checkDurable(model, "a trim with FUA");
    }
    if (device.capabilities().zero() == Support.NATIVE) {
      device.zero(range.offset(), range.length(), Flags.FUA.with(Flags.MAY_TRIM));
      checkDurable(model, "a zero with FUA");
    }
  }

  private static ByteBuffer bytes(ThreadStripe.Range range, Random random) {
    byte[] bytes = new byte[(int) range.length()];
    random.nextBytes(bytes);
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  void zeroes() throws Exception {
    bench.onEach(
        7,
        (device, model) -> {
          Capabilities offered = device.capabilities();
          if (!offered.write() || offered.zero() != Support.NATIVE) {
            return;
          }
          long length = Math.min(device.size(), 65536);
          checkZeroFlags(device, model, length, Flags.NONE);
          checkZeroFlags(device, model, length, Flags.MAY_TRIM);
          if (offered.fastZero()) {
            checkZeroFlags(device, model, length, Flags.FAST_ZERO);
            checkZeroFlags(device, model, length, Flags.FAST_ZERO.with(Flags.MAY_TRIM));
          }
        });
  }

  private static void checkZeroFlags(
      BlockDevice device, ModelDevice model, long length, Flags flags) throws IOException {
    model.clearCalls();
    try {
      device.zero(0, length, flags);
    } catch (NbdException e) {
      assertThat(flags.has(Flags.FAST_ZERO)).as("only a fast zero may be refused: " + e).isTrue();
      assertThat(e.error()).isEqualTo(NbdError.ENOTSUP);
      assertThat(model.calls(Operation.WRITE)).as("writes of a refused fast zero").isEmpty();
    }
    Flags mask = Flags.MAY_TRIM.with(Flags.FAST_ZERO);
    for (RecordedCall call : model.calls(Operation.ZERO)) {
      assertThat(call.flags().only(mask)).as("flags of %s", call).isEqualTo(flags);
    }
    if (!flags.has(Flags.MAY_TRIM)) {
      assertThat(model.calls(Operation.TRIM)).as("trims of a zero without MAY_TRIM").isEmpty();
    }
  }
}
