package org.nbdcore.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.helpers.BlockDevices;

final class FilterBlockDeviceTest {

  /** A device that overrides only the abstract methods. */
  private static final BlockDevice PLAIN =
      new BlockDevice() {
        @Override
        public long size() {
          return 512;
        }

        @Override
        public Capabilities capabilities() {
          return Capabilities.readOnly();
        }

        @Override
        public void read(ByteBuffer dst, long offset) {
          Zeroes.fill(dst);
        }

        @Override
        public void close() {}
      };

  /** A default method that is not forwarded would hide the method of the device below. */
  @Test
  void everyMethodIsForwarded() throws Exception {
    for (Method method : BlockDevice.class.getMethods()) {
      if (!Modifier.isStatic(method.getModifiers())) {
        Method forwarded =
            FilterBlockDevice.class.getMethod(method.getName(), method.getParameterTypes());
        assertThat(forwarded.getDeclaringClass())
            .as(method.toString())
            .isEqualTo(FilterBlockDevice.class);
      }
    }
  }

  /** A zero-copy read would bypass a filter that changes data in read. */
  @Test
  void zeroCopyReadsAreNotForwarded() throws Exception {
    BlockDevice zeroCopy =
        new PassThroughDevice(PLAIN) {
          @Override
          public boolean readZeroCopy(long offset, long length, BufferList buffers) {
            buffers.addZeroes(length);
            return true;
          }
        };
    BlockDevice filter = new FilterBlockDevice(zeroCopy) {};
    BufferList none =
        new BufferList() {
          @Override
          public void add(ByteBuffer bytes) {
            throw new AssertionError("not hidden");
          }

          @Override
          public void addZeroes(long length) {
            throw new AssertionError("not hidden");
          }
        };
    assertThat(BlockDevices.readZeroCopy(filter, 0, 1, none)).isFalse();
  }

  private static void assertRefuses(ThrowingCallable call, NbdError error) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(NbdException.class, e -> assertThat(e.error()).isEqualTo(error));
  }

  @Test
  void operationsThatADeviceDoesNotOverrideAreRefused() {
    assertRefuses(() -> PLAIN.write(ByteBuffer.allocate(1), 0, Flags.NONE), NbdError.EPERM);
    assertRefuses(PLAIN::flush, NbdError.EINVAL);
    assertRefuses(() -> PLAIN.trim(0, 1, Flags.NONE), NbdError.EINVAL);
    assertRefuses(() -> PLAIN.zero(0, 1, Flags.NONE), NbdError.ENOTSUP);
    assertRefuses(() -> PLAIN.cache(0, 1), NbdError.EINVAL);
  }

  @Test
  void defaultExtentsAreOneDataExtent() throws Exception {
    Extents extents = new Extents(10, 20, 5);
    PLAIN.extents(10, 20, Flags.NONE, extents);
    assertThat(extents.size()).isEqualTo(1);
    assertThat(extents.type(0)).isEqualTo(ExtentSink.DATA);
    assertThat(extents.length(0)).isEqualTo(20);
  }

  @Test
  void strictestThreadModelWins() {
    for (ThreadModel one : ThreadModel.values()) {
      for (ThreadModel other : ThreadModel.values()) {
        ThreadModel strictest = one.strictest(other);
        assertThat(strictest).isEqualTo(other.strictest(one));
        assertThat(strictest.ordinal()).isEqualTo(Math.min(one.ordinal(), other.ordinal()));
      }
    }
  }

  @Test
  void asynchronousRequestsAreNotForwarded() throws Exception {
    FilterBlockDevice device = new FilterBlockDevice(new AsyncDevice(PLAIN)) {
          // a filter that changes data, for example
        };
    assertThat(BlockDevices.prefersAsync(device)).isFalse();
    assertThat(BlockDevices.readAsync(device, ByteBuffer.allocate(1), 0, result -> {})).isFalse();
    assertThat(BlockDevices.writeAsync(device, ByteBuffer.allocate(1), 0, Flags.NONE, result -> {}))
        .isFalse();
  }

  @Test
  void aCapabilityDeviceForwardsAsynchronousRequests() throws Exception {
    BlockDevice device = CapabilityDevice.of(new AsyncDevice(PLAIN), Capabilities.readOnly());
    List<String> completed = new ArrayList<>();
    assertThat(BlockDevices.prefersAsync(device)).isTrue();
    assertThat(
            BlockDevices.readAsync(
                device, ByteBuffer.allocate(1), 0, result -> completed.add("read")))
        .isTrue();
    assertThat(
            BlockDevices.writeAsync(
                device, ByteBuffer.allocate(1), 0, Flags.NONE, result -> completed.add("write")))
        .isTrue();
    assertThat(completed).containsExactly("read", "write");
  }

  private static final class AsyncDevice extends PassThroughDevice {

    AsyncDevice(BlockDevice next) {
      super(next);
    }

    @Override
    public boolean prefersAsync() {
      return true;
    }

    @Override
    public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion) {
      completion.completed(() -> {});
      return true;
    }

    @Override
    public boolean writeAsync(
        ByteBuffer src, long offset, Flags flags, CompletionHandler completion) {
      completion.completed(() -> {});
      return true;
    }
  }
}
