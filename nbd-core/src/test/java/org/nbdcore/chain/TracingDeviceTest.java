package org.nbdcore.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.testkit.AsynchronousDevice;
import org.nbdcore.testkit.Ending;
import org.nbdcore.testkit.ModelDevice;

/** What {@code --verbose} costs: nothing is in the way of data that is not shown. */
@Timeout(60)
final class TracingDeviceTest {

  private final AsynchronousDevice below = new AsynchronousDevice(new ModelDevice(8192), 1);

  @Test
  void requestsAreBegunBelowUnlessTheyAreShown() throws Exception {
    try (BlockDevice device = new TracingDevice("model", below, new Trace(true, false))) {
      below.hold();
      assertThat(device.asynchronous()).isTrue();
      Ending read = new Ending();
      Ending write = new Ending();
      assertThat(device.beginRead(ByteBuffer.allocateDirect(512), 0, read)).isTrue();
      assertThat(device.beginWrite(ByteBuffer.allocateDirect(512), 512, 0, write)).isTrue();
      below.letGo();
      read.check();
      write.check();
    }
  }

  @Test
  void requestsThatAreShownAreWaitedFor() throws Exception {
    try (BlockDevice device = new TracingDevice("model", below, new Trace(false, true))) {
      below.hold();
      assertThat(device.asynchronous()).isFalse();
      assertThat(device.beginRead(ByteBuffer.allocateDirect(512), 0, how -> {})).isFalse();
      assertThat(device.beginWrite(ByteBuffer.allocateDirect(512), 0, 0, how -> {})).isFalse();
    }
  }
}
