package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;

final class ModelDeviceTest {

  private final ModelDevice model = new ModelDevice(8192);

  private static void assertViolates(ModelDevice model, ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(AssertionError.class).hasMessageContaining(message);
    assertThat(model.violations()).last().asString().contains(message);
  }

  @Test
  void rangesOutsideOfTheDiskAreViolations() {
    ByteBuffer buffer = ByteBuffer.allocate(512);
    assertViolates(model, () -> model.read(buffer, 8192), "outside of the disk of 8192 bytes");
    assertViolates(model, () -> model.read(buffer.clear(), -1), "outside");
    assertViolates(model, () -> model.read(buffer.clear(), 7681), "outside");
    assertViolates(model, () -> model.trim(0, 0, Flags.NONE), "empty");
    assertViolates(model, () -> model.zero(1, Long.MAX_VALUE, Flags.NONE), "outside");
  }

  @Test
  void unalignedAndOverlongRequestsAreViolations() {
    Capabilities all = ModelDevice.everything();
    ModelDevice strict =
        new ModelDevice(
            8192, all.withBlockSizes(all.blockSizes().withMinimum(512).withMaximum(1024)));
    assertViolates(strict, () -> strict.read(ByteBuffer.allocate(512), 1), "minimum block size");
    assertViolates(strict, () -> strict.read(ByteBuffer.allocate(511), 0), "minimum block size");
    assertViolates(strict, () -> strict.read(ByteBuffer.allocate(1536), 0), "maximum block size");
    assertViolates(
        strict, () -> strict.extents(0, 100, Flags.NONE, new Extents(0, 100, 1)), "minimum");
  }

  @Test
  void operationsNotOfferedAreViolations() {
    ModelDevice readOnly = new ModelDevice(8192, Capabilities.readOnly());
    assertViolates(
        readOnly, () -> readOnly.write(ByteBuffer.allocate(1), 0, Flags.NONE), "not offered");
    assertViolates(readOnly, () -> readOnly.cache(0, 1), "not offered");
    assertViolates(readOnly, readOnly::flush, "not offered");
    ModelDevice plain = new ModelDevice(8192, Capabilities.readWrite());
    assertViolates(plain, () -> plain.write(ByteBuffer.allocate(1), 0, Flags.FUA), "flags");
  }

  @Test
  void flushAndFuaMakeWritesDurable() throws Exception {
    model.write(ByteBuffer.allocate(16), 100, Flags.NONE);
    assertThat(model.durable()).isFalse();
    model.zero(100, 16, Flags.FUA);
    assertThat(model.durable()).isTrue();
    model.trim(0, 8192, Flags.NONE);
    model.flush();
    assertThat(model.durable()).isTrue();
  }

  @Test
  void extentsReportDataZeroesAndHoles() throws Exception {
    model.write(ByteBuffer.allocate(4096), 0, Flags.NONE);
    model.zero(512, 512, Flags.NONE);
    model.zero(1024, 512, Flags.MAY_TRIM);
    Extents extents = new Extents(0, 8192, 10);
    model.extents(0, 8192, Flags.NONE, extents);
    assertThat(extents.size()).isEqualTo(5);
    assertThat(extents.type(1)).isEqualTo(ExtentSink.ZERO);
    assertThat(extents.type(2)).isEqualTo(ExtentSink.ZERO | ExtentSink.HOLE);
    assertThat(extents.length(4)).isEqualTo(4096);
  }

  @Test
  void useOfADeviceAfterCloseIsAViolation() throws Exception {
    TrackedBackend backend = Backends.of(model);
    var device = backend.open(OpenRequest.detached("", true));
    device.close();
    assertThatThrownBy(() -> device.read(ByteBuffer.allocate(1), 0))
        .hasMessageContaining("READ after close");
    assertThat(backend.violations()).containsExactly("READ after close");
    assertThat(model.closes()).isZero();
  }
}
