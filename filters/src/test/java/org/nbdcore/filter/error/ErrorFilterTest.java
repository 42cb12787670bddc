package org.nbdcore.filter.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.Probability;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Parameter;

final class ErrorFilterTest {

  private final ModelDisk disk = new ModelDisk(65536);

  @Test
  void nothingFailsUnlessARateIsGiven() throws IOException {
    for (ThrowingCallable call : calls(open("error=ENOSPC")).values()) {
      succeeds(call);
    }
  }

  @Test
  void everyKindOfRequestFailsWithEioByDefault() throws IOException {
    calls(open("error-rate=100%"))
        .forEach(
            (operation, call) ->
                fails(call, NbdError.EIO, "injecting EIO error into " + operation));
    assertThat(disk.drainCalls()).isEmpty();
  }

  @Test
  void eachOperationHasItsOwnSettings(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("inject");
    for (String operation : calls(open()).keySet()) {
      BlockDevice device =
          open(
              "error-" + operation + "=ENOSPC",
              "error-" + operation + "-rate=1",
              "error-" + operation + "-file=" + file);
      for (ThrowingCallable call : calls(device).values()) {
        succeeds(call);
      }
      Files.createFile(file);
      calls(device)
          .forEach(
              (called, call) -> {
                if (called.equals(operation)) {
                  fails(call, NbdError.ENOSPC, "injecting ENOSPC error into " + operation);
                } else {
                  succeeds(call);
                }
              });
      Files.delete(file);
    }
  }

  @Test
  void errorFileEnablesErrorsForAllOperations(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("inject");
    BlockDevice device = open("error-rate=1", "error=EPERM", "error-file=" + file);
    read(device, 0, 512);
    Files.createFile(file);
    fails(() -> read(device, 0, 512), NbdError.EPERM, "EPERM");
  }

  @Test
  void ratesBetweenZeroAndOneFailSomeRequests() throws IOException {
    for (String rate : new String[] {"0.5", "50%", "1:2"}) {
      BlockDevice device = open("error-rate=" + rate);
      int failures = 0;
      for (int i = 0; i < 1000; i++) {
        try {
          device.cache(0, 512);
        } catch (NbdException e) {
          failures++;
        }
      }
      assertThat(failures).as(rate).isBetween(350, 650);
    }
  }

  @Test
  void ratesAreParsedInSeveralForms() throws ConfigException {
    Parameter<Double> rate = Probability.parameter("rate", "A rate.");
    for (String text : new String[] {"0.125", "12.5%", "1:8", "1/8", "1.25e-1"}) {
      assertThat(rate.parse(text)).as(text).isEqualTo(0.125);
    }
  }

  @Test
  void ratesOutOfRangeAreRefused() {
    for (String rate :
        new String[] {"1.1", "-1", "101%", "2:1", "2/1", "1/2/3", "1:2/3", "x", "1:0", "1/0", ""}) {
      assertThatThrownBy(() -> Chains.configure(new ErrorFilterProvider(), "error-rate=" + rate))
          .hasMessage(
              "error-rate must be a probability such as 0.1, 10% or 1:10, from 0 to 1, not '"
                  + rate
                  + "'");
    }
  }

  private static Map<String, ThrowingCallable> calls(BlockDevice device) {
    Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
    calls.put("pread", () -> read(device, 0, 512));
    calls.put("pwrite", () -> write(device, 0, bytes(1, 512), Flags.NONE));
    calls.put("trim", () -> device.trim(0, 512, Flags.NONE));
    calls.put("zero", () -> device.zero(0, 512, Flags.NONE));
    calls.put("extents", () -> Chains.extents(device, 0, 512, Flags.NONE));
    calls.put("cache", () -> device.cache(0, 512));
    return calls;
  }

  private static void succeeds(ThrowingCallable call) {
    org.assertj.core.api.Assertions.assertThatCode(call).doesNotThrowAnyException();
  }

  private static void fails(ThrowingCallable call, NbdError error, String message) {
    assertThatThrownBy(call)
        .hasMessageContaining(message)
        .isInstanceOfSatisfying(NbdException.class, e -> assertThat(e.error()).isEqualTo(error));
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.open(new ErrorFilterProvider(), disk, pairs);
  }
}
