package org.nbdcore.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.testkit.CompletionProbe;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.SimulatedAsyncDevice;

/** {@code --verbose} does not slow down requests that it does not show. */
@Timeout(60)
final class TracingDeviceTest {

  private final SimulatedAsyncDevice below = new SimulatedAsyncDevice(new ModelDevice(8192), 1);

  @Test
  void requestsStayAsynchronousUnlessTheyAreTraced() throws Exception {
    try (BlockDevice device = new TracingDevice("model", below, Trace.NONE.withControl(true))) {
      below.hold();
      assertThat(BlockDevices.prefersAsync(device)).isTrue();
      CompletionProbe read = new CompletionProbe();
      CompletionProbe write = new CompletionProbe();
      assertThat(BlockDevices.readAsync(device, ByteBuffer.allocateDirect(512), 0, read)).isTrue();
      assertThat(
              BlockDevices.writeAsync(
                  device, ByteBuffer.allocateDirect(512), 512, Flags.NONE, write))
          .isTrue();
      below.release();
      read.join();
      write.join();
    }
  }

  @Test
  void tracedRequestsAreSynchronous() throws Exception {
    try (BlockDevice device = new TracingDevice("model", below, Trace.NONE.withData(true))) {
      below.hold();
      assertThat(BlockDevices.prefersAsync(device)).isFalse();
      assertThat(BlockDevices.readAsync(device, ByteBuffer.allocateDirect(512), 0, result -> {}))
          .isFalse();
      assertThat(
              BlockDevices.writeAsync(
                  device, ByteBuffer.allocateDirect(512), 0, Flags.NONE, result -> {}))
          .isFalse();
    }
  }
}
