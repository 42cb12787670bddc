package org.nbdcore.filter.blocksize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.CompletionProbe;
import org.nbdcore.testkit.FaultPlan;
import org.nbdcore.testkit.FaultyDevice;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.Operation;
import org.nbdcore.testkit.SimulatedAsyncDevice;

/** The parts of a long request are in flight at the same time above an asynchronous layer. */
class BlocksizeAsyncTest {

  private static final int SIZE = 1 << 16;
  private static final int PART = 4096;

  private final ModelDevice model =
      new ModelDevice(SIZE, ModelDevice.everything().withFua(Support.NATIVE)).fillRandomly(3);
  private final FaultPlan plan = new FaultPlan();
  private final SimulatedAsyncDevice disk =
      new SimulatedAsyncDevice(new FaultyDevice(model, plan), 5);
  private BlockDevice device;

  @BeforeEach
  void open() throws Exception {
    BlocksizeFilterProvider provider = new BlocksizeFilterProvider();
    Config config = Config.builder(provider.parameters()).put("maxdata", "4K").build();
    device = provider.create(config).open(OpenRequest.detached("", false), Backends.of(disk));
  }

  @AfterEach
  void close() throws Exception {
    device.close();
    assertThat(model.violations()).isEmpty();
  }

  private byte[] model(int offset, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    model.read(bytes, offset);
    return bytes.array();
  }

  @Test
  void longReadIsSplitIntoConcurrentParts() throws Exception {
    byte[] expected = model(100, 10 * PART);
    ByteBuffer dst = ByteBuffer.allocateDirect(10 * PART + 7).position(7);
    CompletionProbe read = new CompletionProbe();
    disk.hold();
    assertThat(BlockDevices.readAsync(device, dst, 100, read)).isTrue();
    assertThat(disk.inFlight()).isEqualTo(10);
    assertThat(read.completions()).isZero();
    disk.release();
    read.join();
    byte[] bytes = new byte[10 * PART];
    dst.get(7, bytes);
    assertThat(bytes).isEqualTo(expected);
    disk.awaitCompletions();
    assertThat(read.completions()).isEqualTo(1);
  }

  @Test
  void aLongWriteIsSplitWithItsFlags() throws Exception {
    byte[] bytes = Chains.bytes(9, 2 * PART + 10);
    CompletionProbe write = new CompletionProbe();
    disk.hold();
    ByteBuffer src = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    model.clearCalls();
    assertThat(BlockDevices.writeAsync(device, src, 50, Flags.FUA, write)).isTrue();
    assertThat(disk.inFlight()).isEqualTo(3);
    disk.release();
    write.join();
    assertThat(model.calls(Operation.WRITE))
        .hasSize(3)
        .allSatisfy(call -> assertThat(call.flags()).isSameAs(Flags.FUA));
    assertThat(model(50, bytes.length)).isEqualTo(bytes);
  }

  @Test
  void failureOfAPartFailsTheRequest() throws Exception {
    plan.failEvery(Operation.READ, NbdError.ENOSPC);
    CompletionProbe read = new CompletionProbe();
    disk.hold();
    assertThat(BlockDevices.readAsync(device, ByteBuffer.allocateDirect(3 * PART), 0, read))
        .isTrue();
    disk.release();
    assertThatThrownBy(read::join).isInstanceOf(java.io.IOException.class);
    plan.clear();
  }

  @Test
  void randomReadsAgreeWithTheModel() throws Exception {
    Random random = new Random(11);
    for (int i = 0; i < 500; i++) {
      int length = 1 + random.nextInt(5 * PART);
      int offset = random.nextInt(SIZE - length);
      ByteBuffer dst = ByteBuffer.allocateDirect(length);
      CompletionProbe read = new CompletionProbe();
      if (BlockDevices.readAsync(device, dst, offset, read)) {
        read.join();
      } else {
        device.read(dst, offset); // the first part was declined
      }
      byte[] bytes = new byte[length];
      dst.get(0, bytes);
      assertThat(bytes).as("operation %d", i).isEqualTo(model(offset, length));
    }
  }
}
