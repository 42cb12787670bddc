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

/** What {@code --verbose} costs: nothing is in the way of data that is not shown. */
@Timeout(60)
final class TracingDeviceTest {

  private final SimulatedAsyncDevice below = new SimulatedAsyncDevice(new ModelDevice(8192), 1);

  @Test
  void requestsAreAsynchronousUnlessTheyAreShown() throws Exception {
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
  void requestsThatAreShownAreWaitedFor() throws Exception {
    try (BlockDevice device = new TracingDevice("model", below, Trace.NONE.withData(true))) {
      below.hold();
      assertThat(BlockDevices.prefersAsync(device)).isFalse();
      assertThat(BlockDevices.readAsync(device, ByteBuffer.allocateDirect(512), 0, how -> {}))
          .isFalse();
      assertThat(
              BlockDevices.writeAsync(
                  device, ByteBuffer.allocateDirect(512), 0, Flags.NONE, how -> {}))
          .isFalse();
    }
  }
}
