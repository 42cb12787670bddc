package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;

final class FaultyDeviceTest {

  private final FaultPlan plan = new FaultPlan();
  private final ModelDevice model = new ModelDevice(4096);
  private final TrackedBackend tracked = Backends.of(model);
  private final Backend backend = Backends.faulty(tracked, plan);

  private BlockDevice open() throws IOException {
    return backend.open(OpenRequest.detached("", false));
  }

  private static ThrowingCallable reading(BlockDevice device) {
    return () -> device.read(ByteBuffer.allocate(512), 0);
  }

  private static void assertFails(ThrowingCallable call, NbdError error) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(NbdException.class, e -> assertThat(e.error()).isEqualTo(error));
  }

  @Test
  void onlyTheNthCallFails() throws Exception {
    plan.failNth(Operation.READ, 2, NbdError.ENOMEM);
    BlockDevice device = open();
    assertThatCode(reading(device)).doesNotThrowAnyException();
    assertFails(reading(device), NbdError.ENOMEM);
    assertThatCode(reading(device)).doesNotThrowAnyException();
    assertThat(plan.calls(Operation.READ)).isEqualTo(3);
    assertThat(model.calls(Operation.READ)).hasSize(2);
  }

  @Test
  void deadDeviceFailsUntilItIsOpenedAgain() throws Exception {
    plan.dieAtNth(Operation.READ, 1, NbdError.EIO);
    BlockDevice dead = open();
    assertFails(reading(dead), NbdError.EIO);
    assertFails(reading(dead), NbdError.EIO);
    assertFails(() -> dead.zero(0, 512, Flags.NONE), NbdError.EIO);
    BlockDevice fresh = open();
    assertThatCode(reading(fresh)).doesNotThrowAnyException();
    assertFails(dead::close, NbdError.EIO);
    fresh.close();
    assertThat(tracked.open()).isZero();
  }

  @Test
  void openFailsAsOftenAsPlanned() throws Exception {
    plan.failFirst(Operation.OPEN, 2, NbdError.EPERM);
    assertFails(this::open, NbdError.EPERM);
    assertFails(this::open, NbdError.EPERM);
    assertThatCode(this::open).doesNotThrowAnyException();
  }

  @Test
  void randomFailuresOccurWithTheGivenProbability() throws Exception {
    plan.failRandomly(Operation.READ, 0.25, 42, NbdError.EIO);
    BlockDevice device = open();
    int failed = 0;
    for (int i = 0; i < 1000; i++) {
      try {
        device.read(ByteBuffer.allocate(512), 0);
      } catch (NbdException e) {
        failed++;
      }
    }
    assertThat(failed).as("failures of 1000 with seed 42").isBetween(200, 300);
  }

  @Test
  void heldCallContinuesWhenItIsReleased() throws Exception {
    HeldCall held = plan.holdNth(Operation.WRITE, 1);
    BlockDevice device = open();
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(
            () -> {
              try {
                device.write(ByteBuffer.allocate(512), 0, Flags.NONE);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    held.awaitArrival();
    assertThat(model.calls(Operation.WRITE)).isEmpty();
    held.release();
    writing.get(10, TimeUnit.SECONDS);
    assertThat(model.calls(Operation.WRITE)).hasSize(1);
  }
}
