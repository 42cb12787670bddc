package org.nbdcore.filter.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.ReceivedBuffers;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.testkit.TestSession;

/** Zero-copy reads through the retry filter. */
@Tag("newest")
final class RetryZeroCopyTest {

  private static final int SIZE = 1 << 16;

  private final ModelDisk disk = new ModelDisk(SIZE).fill(1);
  private final ByteBuffer memory = ByteBuffer.allocateDirect(SIZE).put(disk.bytes).flip();
  private ZeroCopyRead zeroCopyRead;

  private interface ZeroCopyRead {
    boolean readZeroCopy(long offset, int length, BufferList buffers) throws IOException;
  }

  @Test
  void memoryAndZeroesAreAddedInTheirOrder() throws IOException {
    zeroCopyRead =
        (offset, length, buffers) -> {
          buffers.add(memory.duplicate().position(0).limit(100));
          for (int i = 0; i < 6; i++) {
            buffers.addZeroes(10 + i);
          }
          buffers.add(memory.duplicate().position(200).limit(300));
          buffers.addZeroes(7);
          return true;
        };
    ReceivedBuffers buffers = new ReceivedBuffers(true);
    assertThat(BlockDevices.readZeroCopy(open(), 0, 282, buffers)).isTrue();
    assertThat(buffers.kinds)
        .containsExactly(
            "memory 100",
            "zeroes 10",
            "zeroes 11",
            "zeroes 12",
            "zeroes 13",
            "zeroes 14",
            "zeroes 15",
            "memory 100",
            "zeroes 7");
    byte[] bytes = new byte[282];
    System.arraycopy(disk.bytes, 0, bytes, 0, 100);
    System.arraycopy(disk.bytes, 200, bytes, 175, 100);
    assertThat(buffers.bytes()).isEqualTo(bytes);
  }

  /** A reopening would close the file while the server sends it. */
  @Test
  void filesAreNotAccepted() throws IOException {
    zeroCopyRead =
        (offset, length, buffers) -> {
          assertThat(buffers.acceptsFiles()).isFalse();
          return false;
        };
    ReceivedBuffers buffers = new ReceivedBuffers(true);
    assertThat(BlockDevices.readZeroCopy(open(), 0, SIZE, buffers)).isFalse();
    assertThat(buffers.kinds).isEmpty();
  }

  @Test
  void failedZeroCopyReadAddsNothingAndTheReadIsRepeated() throws IOException {
    zeroCopyRead =
        (offset, length, buffers) -> {
          buffers.add(memory.duplicate().limit(100));
          throw new IOException("planted");
        };
    BlockDevice device = open();
    ReceivedBuffers buffers = new ReceivedBuffers(true);
    assertThat(BlockDevices.readZeroCopy(device, 0, SIZE, buffers)).isFalse();
    assertThat(buffers.kinds).isEmpty();
    boolean[] failed = new boolean[1];
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("read") && !failed[0]) {
            failed[0] = true;
            throw new IOException("planted");
          }
        };
    assertThat(read(device, 0, 512)).isEqualTo(Arrays.copyOf(disk.bytes, 512));
    assertThat(disk.opened).hasSize(2);
  }

  @Test
  void zeroCopyReadIsDeclinedAfterAFailedReopening() throws IOException {
    zeroCopyRead =
        (offset, length, buffers) -> {
          buffers.add(memory.duplicate().limit(length));
          return true;
        };
    BlockDevice device = open("retries=1");
    disk.hook =
        (operation, offset, length, flags) -> {
          throw new IOException("down");
        };
    assertThatThrownBy(() -> read(device, 0, 512)).hasMessage("down");
    assertThat(BlockDevices.readZeroCopy(device, 0, 512, new ReceivedBuffers(true))).isFalse();
    disk.hook = (operation, offset, length, flags) -> {};
    read(device, 0, 512);
    assertThat(BlockDevices.readZeroCopy(device, 0, 512, new ReceivedBuffers(true))).isTrue();
  }

  private BlockDevice open(String... pairs) throws IOException {
    Backend below =
        request ->
            new PassThroughDevice(disk.open(request)) {
              @Override
              public boolean readZeroCopy(long offset, long length, BufferList buffers)
                  throws IOException {
                return zeroCopyRead.readZeroCopy(offset, (int) length, buffers);
              }
            };
    return Chains.filter(new RetryFilterProvider(), pairs)
        .open(new TestSession().request(""), below);
  }
}
